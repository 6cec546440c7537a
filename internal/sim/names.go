package sim

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/sunday-with-the-people/sunday/internal/text"
)

// Parts of made-up names. Whoever bears one by chance is not meant.
var (
	families = []string{"Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Võ", "Đặng", "Bùi", "K'", "Kon Sơ", "Rơ Ông", "Liêng Jrang"}
	middles  = []string{"Văn", "Thị", "Minh", "Ngọc", "Thanh", "Hữu", "Thu", "Đức", "Ha", "Ka"}
	givens   = []string{"Lan", "Hùng", "Mai", "Dũng", "Hoa", "Bình", "Tuấn", "Nga", "Phúc", "Yến", "Krông", "Duyên", "Sơn", "Hạnh", "Đạt", "B'Rơ"}
	villages = []string{"Thôn Păng Tiêng", "Thôn Đưng K'Nớ", "Thôn Bon Đưng", "Tổ dân phố Đăng Lèn", "Thôn Liêng Bông"}
)

// name makes one up.
func name(r *rand.Rand) string {
	pick := func(list []string) string { return list[r.IntN(len(list))] }
	return text.Clean(strings.ReplaceAll(pick(families)+" "+pick(middles)+" "+pick(givens), "' ", "'"))
}

// address is a mail address that exists nowhere, for the n-th resident.
func address(n int) string { return fmt.Sprintf("resident.%03d@example.org", n) }
