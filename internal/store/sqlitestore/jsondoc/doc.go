// Package jsondoc reads the documents that planning and sending need by the
// hundred thousand, a registration, a resident and a contact each, faster than
// by reflection.
package jsondoc
