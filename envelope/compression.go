package envelope

// Compression names how a File of the package is compressed (DSP0243 7.1). It
// concerns the whole file: with chunks, compression comes first and the result
// is cut.
type Compression string

// The compressions of DSP0243. The text of the standard has these only; the
// comments of the schema also mention bzip2.
const (
	CompressionNone     Compression = ""         // absent: not compressed
	CompressionIdentity Compression = "identity" // not compressed, said aloud
	CompressionGzip     Compression = "gzip"     // RFC 1952
	CompressionBzip2    Compression = "bzip2"    // named by the schema's comments alone
)

// Valid reports whether c is a compression that the text of the standard has.
func (c Compression) Valid() bool {
	return c == CompressionNone || c == CompressionIdentity || c == CompressionGzip
}

// Compressed reports whether the bytes of the file differ from its content.
func (c Compression) Compressed() bool {
	return c != CompressionNone && c != CompressionIdentity
}
