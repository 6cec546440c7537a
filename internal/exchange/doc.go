// Package exchange is lists that come in and go out: what their columns are
// called in three languages, what stands in their cells, and what became of
// each row.
package exchange
