// Package dev is pages that only the demo has, for the person at the machine it runs on: the mails that it caught.
package dev
