// Package table reads the tables that people have, CSV and XLSX, row by row
// within bounds, and writes both so that no spreadsheet takes a cell for a
// formula. It knows nothing of what the tables mean.
package table
