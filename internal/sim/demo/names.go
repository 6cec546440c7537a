package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/sunday-with-the-people/sunday/internal/text"
)

// Parts of made-up names, as people of the province bear them. Whoever bears
// one by chance is not meant.
var (
	families = []string{
		"Nguyễn", "Nguyễn", "Nguyễn", "Trần", "Trần", "Lê", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý",
	}
	menMiddles   = []string{"Văn", "Văn", "Hữu", "Đức", "Minh", "Quốc", "Xuân", "Công", "Ngọc"}
	womenMiddles = []string{"Thị", "Thị", "Thị", "Ngọc", "Thu", "Kim", "Thanh", "Mỹ", "Bích"}
	menGivens    = []string{"Hùng", "Dũng", "Tuấn", "Sơn", "Bình", "Phúc", "Đạt", "Long", "Thắng", "Cường", "Hải", "Lâm", "Khánh", "Toàn", "Nghĩa", "Quý", "Vinh", "Tài"}
	womenGivens  = []string{"Lan", "Mai", "Hoa", "Nga", "Yến", "Duyên", "Hạnh", "Hương", "Thảo", "Trang", "Phượng", "Loan", "Xuân", "Ngân", "Tuyết", "Oanh", "Vân", "Diễm"}

	// K'Ho and Mạ: a clan or none, K' or Ha for men, Ka for women.
	khoClans = []string{"", "", "Cil ", "Kơ Să ", "Liêng Jrang ", "Lơ Mu ", "Bon Niêng ", "Rơ Ông ", "Kon Sơ ", "Đa Cát "}
	khoMen   = []string{"K'Brèo", "K'Brôi", "K'Tiếu", "K'Duyên", "K'Sung", "Ha Thuyên", "Ha Krêu", "Ha Bang", "Ha Tư", "K'Niếu"}
	khoWomen = []string{"Ka Hương", "Ka Lin", "Ka Dịp", "Ka Nhuẩn", "Ka Mrếu", "Ka Thủy", "Ka Ngọc", "Ka Sre", "Ka Brọp"}
	// Churu: Ya for men, Ma for women.
	churuClans = []string{"Touneh ", "Touprong ", "Jơlơng ", "Kasă ", "Bnahria "}
	churuMen   = []string{"Ya Tuất", "Ya Loan", "Ya Ga", "Ya Hiêng", "Ya Thông"}
	churuWomen = []string{"Ma Wel", "Ma Bio", "Ma Nga", "Ma Hương", "Nai Thị"}
	// M'Nông: Điểu or Y for men, Thị or H' for women.
	mnongMen   = []string{"Điểu Krung", "Điểu Nhơn", "Điểu Xuân", "Y Bhăm", "Y Khuê", "Y Djrang", "K'Tăng"}
	mnongWomen = []string{"Thị Mai", "Thị Brung", "H'Giang", "H'Mai", "H'Bren", "Thị Djrai"}
	// Chăm and Raglai of the coast.
	chamFamilies = []string{"Thông", "Bá", "Đổng", "Qua", "Xích", "Mang", "Thường"}
)

// name makes up a name as they are borne in the region.
func name(r *rand.Rand, of region) string {
	woman := chance(r, 0.5)
	own := 0.35 // how many bear a name of the peoples who were there first
	if of == coast {
		own = 0.2
	}
	if !chance(r, own) {
		return kinh(r, pick(r, families), woman)
	}
	switch of {
	case coast:
		return kinh(r, pick(r, chamFamilies), woman)
	case plateau:
		return either(r, woman, mnongWomen, mnongMen)
	default:
		if chance(r, 0.25) {
			return text.Clean(pick(r, churuClans) + either(r, woman, churuWomen, churuMen))
		}
		return text.Clean(pick(r, khoClans) + either(r, woman, khoWomen, khoMen))
	}
}

func kinh(r *rand.Rand, family string, woman bool) string {
	return text.Clean(family + " " + either(r, woman, womenMiddles, menMiddles) + " " + either(r, woman, womenGivens, menGivens))
}

func either(r *rand.Rand, woman bool, women, men []string) string {
	if woman {
		return text.Clean(pick(r, women))
	}
	return text.Clean(pick(r, men))
}

// Villages as they are called in each region.
var (
	shownVillages = []string{"Thôn Păng Tiêng", "Thôn Đưng K'Nớ", "Thôn Bon Đưng", "Thôn Đăng Lèn", "Thôn Liêng Bông"}
	villagesOf    = map[region][]string{
		coast:    {"Thôn Phú Thủy", "Thôn Tân Lập", "Thôn Lạc Hà", "Thôn Hòa Phú", "Thôn Lâm Giang", "Thôn Bình Hiếu", "Thôn Sông Khiêng", "Thôn Ma Lâm"},
		plateau:  {"Bon Bu Boong", "Bon Đắk R'Moan", "Bon N'Jriêng", "Thôn Đắk Thuận", "Thôn Nam Sơn", "Thôn Tân Bình", "Buôn Trum", "Bon Pi Nao"},
		mountain: {"Thôn Đạ Nghịt", "Thôn K'Long", "Thôn Ka Đơn", "Thôn R'Lơm", "Thôn Tân Phú", "Thôn Păng Bá", "Thôn Lán Tranh", "Thôn Liêng Trang"},
	}
	quarters = []string{"Tổ dân phố Hòa Bình", "Tổ dân phố Phú Thạnh", "Tổ dân phố Xuân An", "Tổ dân phố Tân Tiến", "Tổ dân phố Đa Phước", "Tổ dân phố Kim Đồng"}
)

// villagesPerPlace is how many villages each unit has.
const villagesPerPlace = 4

// villageNames are those of a place, each once.
func (p place) villageNames(seed uint64) []string {
	if p.code == communeCode {
		return shownVillages
	}
	of := villagesOf[p.region]
	if p.urban {
		of = quarters
	}
	of = slices.Clone(of)
	r := random(seed, "villages "+p.code)
	r.Shuffle(len(of), func(i, j int) { of[i], of[j] = of[j], of[i] })
	return of[:villagesPerPlace]
}

// address is a mail address that exists nowhere, for the n-th resident of a unit.
func (p place) address(n int) string { return fmt.Sprintf("%s%03d@example.org", p.addresses(), n) }

// phone is a made-up number, for the n-th resident of a unit: of its code, so that
// no two units share one.
func (p place) phone(n int) string {
	return fmt.Sprintf("+84990%s%02d", p.code[max(0, len(p.code)-4):], n%100)
}

// addresses is what those of one unit begin with.
func (p place) addresses() string { return "resident." + p.code + "." }
