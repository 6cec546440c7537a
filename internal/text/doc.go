// Package text brings what people type into the one form that is stored,
// compared, searched and sorted, and takes personal data out of foreign text.
package text
