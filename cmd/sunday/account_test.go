package main

import (
	"bytes"
	"strings"
	"testing"
)

// TestRun_AccountAddress gives an account an address and takes it away; nothing of
// it is printed, and the mail is the worker's to hand over.
func TestRun_AccountAddress(t *testing.T) {
	t.Parallel()
	environ := []string{"SUNDAY_DATA=" + t.TempDir(), "SUNDAY_MAIL_FROM=sunday@example.org", "SUNDAY_SMTP_URL=smtp://127.0.0.1:1?tls=none"}
	const address = "tran.thi.lan@example.org"
	for _, step := range []struct {
		line string
		code int
		says string
	}{
		{"account add lan --unit 24829 --role organizer --address no-address", 2, "no e-mail address"},
		{"account add lan --unit 24829 --role organizer", 0, "Account lan is there"},
		{"account address lan", 0, "lan has no address."},
		{"account address lan no-address", 2, "no e-mail address"},
		{"account address lan " + address, 0, "Mails go out where 'sunday run' or 'sunday worker' runs"},
		{"account address lan", 0, "lan has one that waits to be confirmed."},
		{"account link lan --address " + address, 0, "The link is also mailed."},
		{"account address lan --remove", 0, "lan has no address now."},
		{"account address lan", 0, "lan has no address."},
		{"account address lan " + address + " --remove", 2, "do not go together"},
		{"account address", 2, "one LOGIN"},
		{"account address minh", 1, "there is no account"},
	} {
		var out, errOut bytes.Buffer
		code := run(t.Context(), strings.Fields(step.line), environ, &out, &errOut)
		said := out.String() + errOut.String()
		if code != step.code || !strings.Contains(said, step.says) || strings.Contains(said, address) {
			t.Errorf("sunday %s: %d, %s", step.line, code, said)
		}
	}
}

// Without a mail server no address is taken, since nobody could confirm it; and a
// second step that nobody has is not said to be taken off.
func TestRun_AccountBare(t *testing.T) {
	t.Parallel()
	environ := []string{"SUNDAY_DATA=" + t.TempDir()}
	for _, step := range []struct {
		line string
		code int
		says string
	}{
		{"account add lan --unit 24829 --address lan@example.org", 1, "no mail server is set"},
		{"account add lan --unit 24829", 0, "Account lan is there"}, // what was refused made none
		{"account address lan lan@example.org", 1, "set SUNDAY_SMTP_URL, or leave the address out"},
		{"account address lan", 0, "lan has no address."},
		{"account link lan --address lan@example.org", 1, "no mail server is set"},
		{"account second-off lan", 0, "lan has no second step: nothing was changed"},
	} {
		var out, errOut bytes.Buffer
		code := run(t.Context(), strings.Fields(step.line), environ, &out, &errOut)
		if said := out.String() + errOut.String(); code != step.code || !strings.Contains(said, step.says) {
			t.Errorf("sunday %s: %d, %s", step.line, code, said)
		}
	}
}
