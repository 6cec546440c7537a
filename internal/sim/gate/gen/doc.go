// Command gen writes the decorators of package gate from the ports themselves,
// so that a method that is added to a port cannot pass by the gate.
package main
