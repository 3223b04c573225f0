package atomicfile

import "os"

// Scratch is a hidden folder for temporary files, in which nobody but this user can
// read. Its files are made through Root, also by several goroutines.
type Scratch struct {
	*os.Root
	temp string
	held *os.File // marks temp as being used
}

// CreateScratch makes a folder for temporary files beside name, which is the file
// or folder that they serve; it need not be there. The caller ends with Remove. What
// a killed process has left goes when that name is next written, by any function of
// this package.
func CreateScratch(name string) (*Scratch, error) {
	temp, root, held, err := hidden(resolved(name), name, 0o700)
	if err != nil {
		return nil, err
	}
	return &Scratch{root, temp, held}, nil
}

// Remove closes the folder and removes it with all that is in it. Files that are
// open are to be closed before.
func (s *Scratch) Remove() {
	s.Close()
	os.RemoveAll(s.temp)
	s.held.Close()
}
