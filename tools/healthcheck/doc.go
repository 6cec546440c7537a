// Command healthcheck asks one address and says by its exit code whether the answer was 200: the image of the
// product has neither a shell nor curl.
package main
