package ovf

import (
	"io"
	"os"
	"path"

	"github.com/ovfkit/ovf/internal/atomicfile"
	"github.com/ovfkit/ovf/internal/ova"
)

// sink is where the files of a package go, one after the other.
type sink interface {
	// begin ends the file before and begins the next one.
	begin(name string, size int64) (io.Writer, error)
	// end ends the package.
	end() error
}

type archiveSink struct{ w *ova.Writer }

func (s *archiveSink) begin(name string, size int64) (io.Writer, error) {
	return s.w, s.w.Begin(name, size)
}

func (s *archiveSink) end() error { return s.w.Close() }

type folderSink struct {
	folder *atomicfile.Folder
	file   *os.File
}

func (s *folderSink) begin(name string, _ int64) (io.Writer, error) {
	if err := s.end(); err != nil {
		return nil, err
	}
	if dir := path.Dir(name); dir != "." {
		if err := s.folder.MkdirAll(dir, 0o777); err != nil {
			return nil, err
		}
	}
	f, err := s.folder.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return nil, err
	}
	s.file = f
	return f, nil
}

func (s *folderSink) end() error {
	if s.file == nil {
		return nil
	}
	f := s.file
	s.file = nil
	return f.Close()
}
