// Package jsondoc reads what planning and sending need by the hundred thousand,
// a registration, a resident and a contact each, and what nearly everything
// needs, the event, faster than by reflection.
package jsondoc
