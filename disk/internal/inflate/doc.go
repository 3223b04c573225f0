// Package inflate decompresses whole zlib streams (RFC 1950, RFC 1951) from one
// byte slice into another.
//
// Disk images keep their content as many short zlib streams of a known size, so
// both ends are in memory when decompression starts. Knowing that allows a
// decoder without windows, readers and per-byte calls, about twice as fast as
// compress/zlib. It accepts and refuses exactly the streams that compress/zlib
// does, which a fuzz target holds it to; the only difference is that output
// which does not fit into the destination is an error, so that a small stream
// can never grow beyond the buffer that the caller chose.
//
// There is no assembly and no unsafe code in it.
package inflate
