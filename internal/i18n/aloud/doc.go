// Package aloud says numbers, times of day and days in words, as somebody reads
// them out over a loudspeaker, in Vietnamese, English and Polish.
package aloud
