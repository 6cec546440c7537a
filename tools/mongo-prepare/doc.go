// Command mongo-prepare makes a freshly started MongoDB test server ready: it waits for it, initiates the replica set of a
// real mongod and creates the user of the mode with authentication, then prints the address to connect to.
package main
