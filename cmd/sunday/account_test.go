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
		{"account add lan --unit 24829 --role organizer --address no-address", 1, "no e-mail address"},
		{"account add lan --unit 24829 --role organizer", 0, "Account lan is there"},
		{"account address lan", 0, "lan has no address."},
		{"account address lan no-address", 1, "no e-mail address"},
		{"account address lan " + address, 0, "A mail is on its way"},
		{"account address lan", 0, "lan has one that waits to be confirmed."},
		{"account link lan --address " + address, 0, "also on its way by mail"},
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
