package raw

const (
	seekData = 3
	seekHole = 4
)
