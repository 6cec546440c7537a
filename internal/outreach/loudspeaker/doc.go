// Package loudspeaker writes what is read aloud in a village about an event:
// whole sentences, with every number and time in words.
package loudspeaker
