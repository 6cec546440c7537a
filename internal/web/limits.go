package web

// Limits bound what one address or token may get wrong, and how many mails one
// address may cause. Zero values stand for the defaults.
type Limits struct {
	Failures, Mails Rate
}

// Rate is a store of Burst that is filled up again by one every Every seconds.
type Rate struct {
	Burst        int
	EverySeconds float64
}
