package app

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"strings"
)

// The records by which other mail servers tell our mails from forged ones.
const (
	checkSPF   = "SPF"
	checkDMARC = "DMARC"
	checkDKIM  = "DKIM"
)

// dns looks up what tells other mail servers that ours may send for the domain.
func (d doctor) dns(ctx context.Context) []Finding {
	_, domain, ok := strings.Cut(d.Config.MailFrom.Address, "@")
	if !ok {
		return one("SPF, DMARC, DKIM", Unknown, "were not looked up: no sender is set, whose domain has them", "set SUNDAY_MAIL_FROM")
	}
	found := d.record(ctx, checkSPF, domain, "publish a TXT record at "+domain+" such as \"v=spf1 mx -all\" that names the mail server and ends with -all or ~all")
	found = append(found, d.record(ctx, checkDMARC, "_dmarc."+domain, "publish a TXT record at _dmarc."+domain+" such as \"v=DMARC1; p=quarantine\"")...)
	if d.Selector == "" {
		return append(found, Finding{checkDKIM, Unknown, "where its key is depends on the mail server's selector", "name it: --dkim-selector NAME, or look at the headers of a test mail"})
	}
	at := d.Selector + "._domainkey." + domain
	return append(found, d.record(ctx, checkDKIM, at, "publish the mail server's public key as a TXT record at "+at)...)
}

// record looks for one TXT record.
func (d doctor) record(ctx context.Context, check, at, do string) []Finding {
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	texts, err := d.Resolver.LookupTXT(ctx, at)
	var failed *net.DNSError
	if errors.As(err, &failed) && !failed.IsNotFound || err != nil && failed == nil {
		return one(check, Unknown, "no resolver answers for "+at, "run the doctor where DNS can be asked")
	}
	v, says := JudgeTXT(check, texts)
	if v == Fine {
		do = ""
	}
	return one(check, v, at+": "+says, do)
}

// JudgeTXT reads all TXT records at the place of one check ("SPF", "DMARC" or
// "DKIM") as receiving mail servers do, and says how they stand. It repeats
// nothing of what it read.
func JudgeTXT(check string, texts []string) (Verdict, string) {
	judge := map[string]func(string) (mine bool, v Verdict, says string){checkSPF: spf, checkDMARC: dmarc, checkDKIM: dkim}[check]
	count, verdict, said := 0, Bad, "there is no such record: others take our mails for forged"
	for _, t := range texts {
		if mine, v, says := judge(t); mine {
			count, verdict, said = count+1, v, says
		}
	}
	if count > 1 {
		return Bad, fmt.Sprintf("there are %d such records: others believe none of them, or any; keep one", count)
	}
	return verdict, said
}

// spf reads a record of RFC 7208: words, of which the first is the version.
func spf(text string) (mine bool, v Verdict, says string) {
	words := strings.Fields(strings.ToLower(text))
	if len(words) == 0 || words[0] != "v=spf1" {
		return false, "", ""
	}
	for _, w := range words[1:] {
		switch {
		case w == "all" || w == "+all":
			return true, Bad, "it lets anybody send as the domain (+all)"
		case w == "-all" || w == "~all" || strings.HasPrefix(w, "redirect="):
			return true, Fine, "there is one record, and it says what becomes of mails from elsewhere"
		}
	}
	return true, Look, "it does not say what becomes of mails from elsewhere: neither -all nor ~all ends it"
}

// dmarc reads a record of RFC 7489: tags, of which the first is the version.
func dmarc(text string) (mine bool, v Verdict, says string) {
	tags, ok := tagsOf(text)
	if first, _, _ := strings.Cut(text, ";"); strings.Join(strings.Fields(first), "") != "v=DMARC1" {
		return false, "", ""
	}
	switch policy := strings.ToLower(tags["p"]); {
	case !ok:
		return true, Bad, "it is not well formed: others believe nothing of it"
	case policy == "none":
		return true, Look, "its policy is none: forged mails are let through all the same"
	case policy != "quarantine" && policy != "reject":
		return true, Bad, "it has no policy (p=)"
	}
	return true, Fine, "there is one record, with a policy"
}

// dkim reads a key of RFC 6376: tags, of which p holds the key.
func dkim(text string) (mine bool, v Verdict, says string) {
	tags, ok := tagsOf(text)
	key, isKey := tags["p"]
	if version := tags["v"]; !isKey || version != "" && version != "DKIM1" {
		return false, "", ""
	}
	_, err := base64.StdEncoding.DecodeString(key)
	switch {
	case key == "":
		return true, Bad, "the key there is revoked (an empty p=)"
	case !ok || err != nil:
		return true, Bad, "the key there cannot be read"
	case strings.Contains(":"+tags["t"]+":", ":y:"):
		return true, Look, "the key there is marked as a test (t=y): others may pay no heed to it"
	}
	return true, Fine, "there is a key"
}

// tagsOf takes "name=value; name=value" apart, without the blanks in it; ok is
// whether all of it has that form and no name comes twice.
func tagsOf(text string) (tags map[string]string, ok bool) {
	tags, ok = map[string]string{}, true
	for part := range strings.SplitSeq(strings.TrimSuffix(strings.TrimSpace(text), ";"), ";") {
		name, value, found := strings.Cut(strings.Join(strings.Fields(part), ""), "=")
		if _, twice := tags[name]; !found || name == "" || twice {
			ok = false
			continue
		}
		tags[name] = value
	}
	return tags, ok
}
