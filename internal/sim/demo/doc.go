// Package demo makes the sample province of `sunday demo`: eight weeks of Sundays in all units of Lam Dong, lived by the real services on simulated clocks, and shown while they are made.
package demo
