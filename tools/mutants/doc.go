// Command mutants proves that the simulation can fail: it breaks the program on
// purpose, in one place at a time and at least twice for each rule of the
// ledger, and asks which seed notices.
//
//	go run ./tools/mutants [-seeds 400] [-only '^L4 |merge'] [-whole=false]
//
// It works on a copy of the checkout. A mutant that no seed notices, and a
// seed that complains of the program as it is, are failures.
package main
