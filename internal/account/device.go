package account

import "strings"

// families are looked for in this order, since most browsers also call
// themselves by the names of others.
var (
	browserFamilies = [][2]string{
		{"edg", "edge"}, {"opr/", "opera"}, {"coc_coc", "coccoc"}, {"samsungbrowser", "samsung"}, {"firefox", "firefox"}, {"fxios", "firefox"},
		{"crios", "chrome"}, {"chrome", "chrome"}, {"safari", "safari"},
	}
	systemFamilies = [][2]string{
		{"android", "android"}, {"iphone", "ios"}, {"ipad", "ios"}, {"windows", "windows"}, {"mac os", "macos"}, {"cros", "chromeos"}, {"linux", "linux"},
	}
)

// DeviceOf gives browser and system of a User-Agent header as two words of a
// closed list, such as "firefox linux", and "other" for each that is not known:
// enough to know one's own sessions by, and too little to follow anybody.
func DeviceOf(userAgent string) string {
	agent := strings.ToLower(userAgent)
	return familyOf(agent, browserFamilies) + " " + familyOf(agent, systemFamilies)
}

func familyOf(agent string, families [][2]string) string {
	for _, f := range families {
		if strings.Contains(agent, f[0]) {
			return f[1]
		}
	}
	return "other"
}
