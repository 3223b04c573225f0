package image

// Limits bounds what reading an image may cost. The zero value of a field
// stands for its default, so that the zero Limits is ready to use.
type Limits struct {
	// MaxSize is the largest virtual disk, in bytes. Default 64 TiB.
	MaxSize int64
	// MaxTable is the largest table that is kept in memory as a whole (grain
	// directory, block allocation table, L1 table), in bytes. Default 16 MiB.
	MaxTable int64
	// MaxDescriptor is the largest text descriptor, in bytes. Default 256 KiB.
	MaxDescriptor int64
	// MaxExtents is the largest number of extent files of one image. Default
	// 4096.
	MaxExtents int
	// CacheSize is how much decompressed content, and how much of the tables,
	// an image may keep for reads to come, in bytes each. Default 8 MiB.
	CacheSize int64
	// MaxChain is the largest number of layers in a chain. Default 64.
	MaxChain int
}

// WithDefaults returns the limits with the defaults filled in.
func (l Limits) WithDefaults() Limits {
	def(&l.MaxSize, 64<<40)
	def(&l.MaxTable, 16<<20)
	def(&l.MaxDescriptor, 256<<10)
	def(&l.MaxExtents, 4096)
	def(&l.CacheSize, 8<<20)
	def(&l.MaxChain, 64)
	return l
}

func def[T int | int64](p *T, v T) {
	if *p == 0 {
		*p = v
	}
}
