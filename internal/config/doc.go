// Package config reads the program's settings from SUNDAY_* variables into one
// value, and reports everything that is wrong with them at once.
package config
