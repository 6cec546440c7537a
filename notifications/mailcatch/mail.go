package mailcatch

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
)

// Mail is one received mail with its parts decoded.
type Mail struct {
	// Number counts received mails from 1.
	Number int
	// From and To are the envelope's.
	From, To string
	Subject  string
	// Header is the mail's header, encoded words decoded.
	Header     map[string][]string
	Text, HTML string
	// Calendar is the text/calendar part, Method its parameter.
	Calendar, Method string
	// Raw is what was received.
	Raw []byte
	// Fault says why the mail could not be parsed in whole, empty if it could.
	Fault string
}

// Get returns the first value of a header, "" if there is none.
func (m Mail) Get(name string) string { return mail.Header(m.Header).Get(name) }

// Parse decodes a mail. What cannot be read is left out, and said in Fault.
func Parse(raw []byte) Mail {
	m := Mail{Raw: raw}
	msg, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		m.Fault = err.Error()
		return m
	}
	m.Header = decoded(msg.Header)
	m.Subject = m.Get("Subject")
	head := part{
		contentType: msg.Header.Get("Content-Type"),
		encoding:    msg.Header.Get("Content-Transfer-Encoding"),
		body:        msg.Body,
	}
	if err := m.add(head, 0); err != nil {
		m.Fault = err.Error()
	}
	return m
}

func decoded(h mail.Header) map[string][]string {
	words := new(mime.WordDecoder)
	out := make(map[string][]string, len(h))
	for name, values := range h {
		for _, v := range values {
			if plain, err := words.DecodeHeader(v); err == nil {
				v = plain
			}
			out[name] = append(out[name], v)
		}
	}
	return out
}

type part struct {
	contentType, encoding string
	body                  io.Reader
}

const deepest = 5

var errDeep = errors.New("parts within parts within parts")

// add files one part, and the parts in it.
func (m *Mail) add(p part, depth int) error {
	if p.contentType == "" {
		p.contentType = "text/plain"
	}
	kind, params, err := mime.ParseMediaType(p.contentType)
	if err != nil {
		return err
	}
	if strings.HasPrefix(kind, "multipart/") {
		if depth == deepest {
			return errDeep
		}
		return m.addAll(multipart.NewReader(p.body, params["boundary"]), depth+1)
	}
	text, err := io.ReadAll(p.plain())
	if err != nil {
		return err
	}
	switch kind {
	case "text/plain":
		m.Text += string(text)
	case "text/html":
		m.HTML += string(text)
	case "text/calendar":
		m.Calendar, m.Method = string(text), params["method"]
	}
	return nil
}

func (m *Mail) addAll(r *multipart.Reader, depth int) error {
	for {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		inner := part{p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p}
		if err := m.add(inner, depth); err != nil {
			return err
		}
	}
}

// plain is the body without its transfer encoding.
func (p part) plain() io.Reader {
	switch strings.ToLower(p.encoding) {
	case "quoted-printable":
		return quotedprintable.NewReader(p.body)
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, p.body)
	default:
		return p.body
	}
}
