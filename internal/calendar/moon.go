package calendar

import "math"

// newMoonDay is the Julian day, in UTC+7, of new moon number k since 1900.
func newMoonDay(k int) int {
	return int(math.Floor(newMoon(float64(k)) + 0.5 + lunarOffsetDays))
}

// newMoon is the Julian date (UTC) of new moon number k since 1900.
func newMoon(k float64) float64 {
	const rad = math.Pi / 180
	t := k / 1236.85
	t2, t3 := t*t, t*t*t
	mean := 2415020.75933 + 29.53058868*k + 0.0001178*t2 - 0.000000155*t3
	mean += 0.00033 * math.Sin((166.56+132.87*t-0.009173*t2)*rad)
	sun := (359.2242 + 29.10535608*k - 0.0000333*t2 - 0.00000347*t3) * rad
	moon := (306.0253 + 385.81691806*k + 0.0107306*t2 + 0.00001236*t3) * rad
	node := (21.2964 + 390.67050646*k - 0.0016528*t2 - 0.00000239*t3) * rad
	c := (0.1734-0.000393*t)*math.Sin(sun) + 0.0021*math.Sin(2*sun)
	c += -0.4068*math.Sin(moon) + 0.0161*math.Sin(2*moon) - 0.0004*math.Sin(3*moon)
	c += 0.0104*math.Sin(2*node) - 0.0051*math.Sin(sun+moon) - 0.0074*math.Sin(sun-moon)
	c += 0.0004*math.Sin(2*node+sun) - 0.0004*math.Sin(2*node-sun)
	c += -0.0006*math.Sin(2*node+moon) + 0.0010*math.Sin(2*node-moon)
	c += 0.0005 * math.Sin(2*moon+sun)
	return mean + c - deltaT(t)
}

// deltaT is the difference in days between the even time of the formulas and
// the clock, t in centuries since 1900.
func deltaT(t float64) float64 {
	t2, t3 := t*t, t*t*t
	if t < -11 {
		return 0.001 + 0.000839*t + 0.0002261*t2 - 0.00000845*t3 - 0.000000081*t*t3
	}
	return -0.000278 + 0.000265*t + 0.000262*t2
}

// sunSign is the sun's place at midnight (UTC+7) of the Julian day, in twelfths
// of its round from the spring equinox, 0 to 11.
func sunSign(jd int) int {
	const rad = math.Pi / 180
	t := (float64(jd) - 0.5 - lunarOffsetDays - 2451545) / 36525
	t2 := t * t
	anomaly := (357.52910 + 35999.05030*t - 0.0001559*t2 - 0.00000048*t*t2) * rad
	long := 280.46645 + 36000.76983*t + 0.0003032*t2
	long += (1.914600 - 0.004817*t - 0.000014*t2) * math.Sin(anomaly)
	long += (0.019993-0.000101*t)*math.Sin(2*anomaly) + 0.000290*math.Sin(3*anomaly)
	long -= 360 * math.Floor(long/360)
	return int(long / 30)
}
