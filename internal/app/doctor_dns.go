package app

import (
	"context"
	"encoding/base64"
	"errors"
	"net"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/i18n"
)

// dns looks up what tells other mail servers that ours may send for the domain.
func (d doctor) dns(ctx context.Context) []Finding {
	_, domain, ok := strings.Cut(d.Config.MailFrom.Address, "@")
	if !ok {
		return one(strings.Join([]string{checkSPF, checkDMARC, checkDKIM}, ", "), Unknown, d.T("doctor.dns.senderless"), d.T("doctor.dns.senderless.do"))
	}
	found := d.record(ctx, checkSPF, domain, "doctor.dns.spf.do")
	found = append(found, d.record(ctx, checkDMARC, "_dmarc."+domain, "doctor.dns.dmarc.do")...)
	if d.Selector == "" {
		return append(found, Finding{checkDKIM, Unknown, d.T("doctor.dns.selector"), d.T("doctor.dns.selector.do")})
	}
	at := d.Selector + "._domainkey." + domain
	return append(found, d.record(ctx, checkDKIM, at, "doctor.dns.dkim.do")...)
}

// record looks for one TXT record; do is the text that says how to publish it.
func (d doctor) record(ctx context.Context, check, at, do string) []Finding {
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	texts, err := d.Resolver.LookupTXT(ctx, at)
	var failed *net.DNSError
	if errors.As(err, &failed) && !failed.IsNotFound || err != nil && failed == nil {
		return one(check, Unknown, d.T("doctor.dns.silent", "at", at), d.T("doctor.dns.silent.do"))
	}
	v, says := JudgeTXT(d.texts, check, texts)
	says = d.T("doctor.dns.at", "at", at, "says", says)
	if v == Fine {
		return one(check, v, says, "")
	}
	return one(check, v, says, d.T(do, "at", at))
}

// JudgeTXT reads all TXT records at the place of one check ("SPF", "DMARC" or
// "DKIM") as receiving mail servers do, and says how they stand. It repeats
// nothing of what it read.
func JudgeTXT(words *i18n.Printer, check string, texts []string) (Verdict, string) {
	judge := map[string]func(string) (mine bool, v Verdict, says string){checkSPF: spf, checkDMARC: dmarc, checkDKIM: dkim}[check]
	count, verdict, said := 0, Bad, "doctor.record.none"
	for _, t := range texts {
		if mine, v, says := judge(t); mine {
			count, verdict, said = count+1, v, says
		}
	}
	if count > 1 {
		return Bad, words.Text("doctor.record.many", map[string]any{"records": count})
	}
	return verdict, words.Text(said, nil)
}

// spf reads a record of RFC 7208: words, of which the first is the version. Says
// is the text that tells how it stands, as of the others below.
func spf(text string) (mine bool, v Verdict, says string) {
	words := strings.Fields(strings.ToLower(text))
	if len(words) == 0 || words[0] != "v=spf1" {
		return false, "", ""
	}
	for _, w := range words[1:] {
		switch {
		case w == "all" || w == "+all":
			return true, Bad, "doctor.spf.anybody"
		case w == "-all" || w == "~all" || strings.HasPrefix(w, "redirect="):
			return true, Fine, "doctor.spf.fine"
		}
	}
	return true, Look, "doctor.spf.open"
}

// dmarc reads a record of RFC 7489: tags, of which the first is the version.
func dmarc(text string) (mine bool, v Verdict, says string) {
	tags, ok := tagsOf(text)
	if first, _, _ := strings.Cut(text, ";"); strings.Join(strings.Fields(first), "") != "v=DMARC1" {
		return false, "", ""
	}
	switch policy := strings.ToLower(tags["p"]); {
	case !ok:
		return true, Bad, "doctor.dmarc.malformed"
	case policy == "none":
		return true, Look, "doctor.dmarc.through"
	case policy != "quarantine" && policy != "reject":
		return true, Bad, "doctor.dmarc.none"
	}
	return true, Fine, "doctor.dmarc.fine"
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
		return true, Bad, "doctor.dkim.revoked"
	case !ok || err != nil:
		return true, Bad, "doctor.dkim.unread"
	case strings.Contains(":"+tags["t"]+":", ":y:"):
		return true, Look, "doctor.dkim.test"
	}
	return true, Fine, "doctor.dkim.fine"
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
