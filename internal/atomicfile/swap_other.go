//go:build !linux

package atomicfile

// swap exchanges two folders.
func swap(a, b string) error { return swapByTwo(a, b) }
