// Package load measures how fast the real program plans and sends, on a
// database of its own and against a mail server of its own, beside the raw
// limit of the same run.
package load
