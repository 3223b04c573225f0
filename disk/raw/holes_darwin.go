package raw

const (
	seekHole = 3
	seekData = 4
)
