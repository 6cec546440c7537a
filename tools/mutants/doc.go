// Command mutants proves that the simulation can fail: it breaks the program on
// purpose, in one place at a time and at least twice for each rule of the
// ledger, and asks which seed notices.
//
//	go run ./tools/mutants [-seeds 400] [-only '^L4 |merge'] [-write]
//
// It works on a copy of the checkout, which is built once with all mutants in
// it; the environment says which one is awake. Each meets first the seed that
// docs/messages.md names for it, then one after another. A seed counts if it has
// nothing to complain of while no mutant is awake. A mutant that no seed
// notices, and one that another seed notices than the document says, are
// failures; -write puts the seeds that noticed into the document.
package main
