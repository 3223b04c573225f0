package atomicfile

import "golang.org/x/sys/unix"

// swap exchanges two folders at once, where the file system can do that.
func swap(a, b string) error {
	if unix.Renameat2(unix.AT_FDCWD, a, unix.AT_FDCWD, b, unix.RENAME_EXCHANGE) == nil {
		return nil
	}
	return swapByTwo(a, b)
}
