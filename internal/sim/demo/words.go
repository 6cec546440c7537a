package demo

import (
	"math/rand/v2"

	"github.com/sunday-with-the-people/sunday/internal/event"
)

// kindOfSunday is what a unit does on a Sunday, in the words of its staff.
type kindOfSunday struct {
	of                        event.Type
	title, about, bring, host string
	hours                     int
	// places are the seats, 0 for no limit; notice the days before, as the law wants.
	places, notice int
	// done is what a report says of it.
	done string
}

// kindsOfSunday are held in communes, wards and on an island: none of the words is
// of one of them alone.
var kindsOfSunday = []kindOfSunday{
	{
		of: event.Volunteer, title: "Làm đường và tiếp công dân", hours: 4, places: 150, notice: 7,
		about: "Cùng làm đường, rồi gặp lãnh đạo địa phương để hỏi và kiến nghị.", bring: "Giày, găng tay. Cuốc xẻng có sẵn.",
		host: "Chủ tịch UBND, cán bộ đất đai", done: "Làm xong 300 m đường; 12 ý kiến được trả lời tại chỗ.",
	},
	{
		of: event.Procedures, title: "Làm thủ tục tại chỗ: hộ tịch, đất đai, bảo trợ", hours: 4, notice: 3,
		about: "Trung tâm Phục vụ hành chính công đến tận nơi: nộp hồ sơ, chứng thực, hỏi kết quả.",
		bring: "Căn cước và giấy tờ cần làm.", host: "Trung tâm Phục vụ hành chính công", done: "Nhận 31 hồ sơ, giải quyết ngay 19 hồ sơ.",
	},
	{
		of: event.Digital, title: "Cài VNeID, nộp hồ sơ trực tuyến", hours: 3, notice: 3,
		about: "Tổ công nghệ số cộng đồng giúp từng người cài đặt và dùng thử.", bring: "Điện thoại, căn cước.",
		host: "Tổ công nghệ số cộng đồng, Đoàn Thanh niên", done: "Giúp 46 người cài VNeID; 15 hồ sơ nộp trực tuyến.",
	},
	{
		of: event.Dialogue, title: "Đối thoại với Nhân dân", hours: 3, places: 200, notice: 7,
		about: "Lãnh đạo địa phương nghe và trả lời về đường, nước, đất đai, trường học.", host: "Bí thư Đảng ủy, Chủ tịch UBND, Mặt trận Tổ quốc",
		done: "23 ý kiến: trả lời ngay 17, chuyển cấp có thẩm quyền 6.",
	},
	{
		of: event.Volunteer, title: "Chủ nhật xanh: dọn rác, khơi mương", hours: 3, places: 120, notice: 3,
		about: "Dọn rác ven đường, khơi mương, trồng hoa trước nhà văn hóa.", bring: "Găng tay, bao đựng rác.",
		host: "Đoàn Thanh niên, Hội Phụ nữ", done: "Thu gom 1,4 tấn rác, khơi 800 m mương, trồng 120 cây hoa.",
	},
	{
		of: event.Health, title: "Khám sức khỏe miễn phí", hours: 4, places: 90, notice: 3,
		about: "Đo huyết áp, đường huyết, khám mắt; bác sĩ tư vấn riêng từng người.", bring: "Thẻ bảo hiểm y tế nếu có.",
		host: "Trạm Y tế", done: "Khám cho 74 người, phát thuốc cho 38 người.",
	},
	{
		of: event.LegalAid, title: "Tư vấn pháp luật miễn phí", hours: 3, notice: 3,
		about: "Luật sư và cán bộ tư pháp nghe riêng từng người: đất đai, hôn nhân, lao động.", bring: "Giấy tờ liên quan.",
		host: "Trung tâm Trợ giúp pháp lý, cán bộ tư pháp", done: "Tư vấn 21 lượt; hướng dẫn lập 5 hồ sơ.",
	},
	{
		of: event.Culture, title: "Ngày hội đọc sách và bóng chuyền", hours: 4, notice: 3,
		about: "Tủ sách lưu động, trò chơi cho trẻ em, bóng chuyền giữa các đội.", host: "Đoàn Thanh niên, nhà văn hóa",
		done: "Cho mượn 210 cuốn sách; 8 đội bóng chuyền tham gia.",
	},
	{
		of: event.Gratitude, title: "Thăm gia đình chính sách, sửa nhà", hours: 4, places: 40, notice: 3,
		about: "Cùng sửa mái nhà, dọn vườn cho gia đình có công.", bring: "Quần áo làm việc.",
		host: "Hội Cựu chiến binh, Mặt trận Tổ quốc", done: "Sửa 2 mái nhà, thăm 9 gia đình.",
	},
	{
		of: event.Business, title: "Cà phê doanh nghiệp", hours: 2, places: 60, notice: 3,
		about: "Hộ kinh doanh, hợp tác xã gặp lãnh đạo, ngân hàng, thuế.", host: "Chủ tịch UBND, thuế, ngân hàng",
		done: "14 câu hỏi về vay vốn và thuế được trả lời.",
	},
}

// nextShown is what the shown commune does on the next Sunday.
var nextShown = kindOfSunday{
	of: event.Volunteer, title: "Chủ nhật cùng dân: dọn suối, hướng dẫn dịch vụ công", hours: 4, places: 150, notice: 7,
	about: "Cùng dọn suối, rồi cán bộ hướng dẫn nộp hồ sơ trực tuyến.", bring: "Giày, găng tay. Cuốc xẻng có sẵn.",
	host: "Chủ tịch UBND, Đoàn Thanh niên", done: "Dọn 600 m suối; giúp 18 người nộp hồ sơ.",
}

var (
	comments = []string{
		"Đường xong rồi, cảm ơn cán bộ.", "Mong có thêm đèn đường.", "Cán bộ nói dễ hiểu.", "Nên báo sớm hơn qua loa.",
		"Chờ hơi lâu nhưng được việc.", "Mong làm thêm ở nơi xa.", "Cháu đi cùng cũng vui.",
	}
	stormNote = "Mưa bão: dời sang dịp khác để bà con an toàn."
)

// kindOf is what a place does on a Sunday: every unit goes through all kinds, in
// an order of its own.
func (p place) kindOf(sunday int, seed uint64) kindOfSunday {
	if p.code == communeCode {
		switch sunday {
		case lastPast:
			return kindsOfSunday[0]
		case next:
			return nextShown
		}
	}
	r := random(seed, "kinds "+p.code)
	order := r.Perm(len(kindsOfSunday))
	return kindsOfSunday[order[sunday%len(order)]]
}

// levels fills in one survey of a place whose people are that pleased.
func levels(r *rand.Rand, pleased float64, items int) []int {
	out := make([]int, items)
	for i := range out {
		switch {
		case chance(r, pleased):
			out[i] = 4 + r.IntN(2)
		case chance(r, 0.7):
			out[i] = 3
		default:
			out[i] = 1 + r.IntN(2)
		}
	}
	return out
}
