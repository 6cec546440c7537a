// Package sim holds the simulation of single Sundays in which the worker is killed at every call; its other parts are in packages of their own.
package sim
