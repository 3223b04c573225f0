package sign

import (
	"cmp"
	"context"
	"errors"
	"hash"
	"io"
	"runtime"
	"slices"
	"sync"

	"github.com/ovfkit/ovf/diag"
)

const (
	hashBuffer  = 128 << 10 // bytes; two for each worker
	hashWorkers = 16        // at most, whatever the number of cores: 16 MiB of buffers
)

// NewManifest computes the digests of members side by side and returns a
// manifest that lists them in their order. workers is the number of members
// read at a time; zero or less means the number of cores, at most 16. Memory
// is 1 MiB for each worker. The first failure ends it: a [*SizeError] for a
// content shorter than its Size, the reader's own error, or that of ctx.
func NewManifest(ctx context.Context, name string, a Algorithm, members []Member, workers int) (*Manifest, error) {
	if a.Size() == 0 {
		d := problem(ruleManifestAlgorithm, diag.Location{File: name}, "no digest algorithm was chosen", "use SHA256", nil)
		return nil, &d
	}
	jobs := make([]hashJob, len(members))
	for i, m := range members {
		jobs[i] = hashJob{name: m.Name, r: m.Content, size: m.Size, alg: a}
	}
	hashAll(ctx, jobs, workers, true)
	out := &Manifest{Name: name}
	for i := range jobs {
		// A failure stops the others with context.Canceled: name the cause.
		if err := jobs[i].err; err != nil && (ctx.Err() != nil || !errors.Is(err, context.Canceled)) {
			return nil, err
		}
	}
	for i := range jobs {
		if jobs[i].err != nil {
			return nil, jobs[i].err
		}
		out.Entries = append(out.Entries, Entry{Algorithm: a, Name: members[i].Name, Digest: jobs[i].sum})
	}
	return out, nil
}

// hashJob is one content to hash; sum or err is set when it is done.
type hashJob struct {
	name string
	r    io.ReaderAt
	size int64
	alg  Algorithm
	sum  []byte
	err  error
}

// hashAll runs the jobs on a bounded number of workers, the largest first so
// that no long one is left at the end. With failFast the first failure stops
// the others.
func hashAll(ctx context.Context, jobs []hashJob, workers int, failFast bool) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	workers = min(workers, hashWorkers, len(jobs))
	order := make([]*hashJob, len(jobs))
	for i := range jobs {
		order[i] = &jobs[i]
	}
	slices.SortStableFunc(order, func(a, b *hashJob) int { return cmp.Compare(b.size, a.size) })

	var next int
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			var bufs [2][]byte
			for {
				mu.Lock()
				i := next
				next++
				mu.Unlock()
				if i >= len(order) {
					return
				}
				j := order[i]
				j.sum, j.err = hashReaderAt(ctx, j, &bufs)
				if j.err != nil && failFast {
					cancel()
				}
			}
		})
	}
	wg.Wait()
}

// errNoContent is the cause for a member without Content.
var errNoContent = errors.New("the member has no content at hand")

func hashReaderAt(ctx context.Context, j *hashJob, bufs *[2][]byte) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	h := j.alg.New()
	switch {
	case j.r == nil:
		return nil, errNoContent
	case h == nil:
		return nil, errors.New("sign: invalid digest algorithm")
	case j.size < 0:
		return nil, &SizeError{Name: j.name, Want: j.size}
	}
	// The largest job comes first, so a worker allocates at most once.
	if need := min(j.size, hashBuffer); int64(len(bufs[0])) < need {
		bufs[0] = make([]byte, need)
	}
	if j.size <= hashBuffer {
		n, err := readFullAt(j.r, bufs[0][:j.size], 0)
		h.Write(bufs[0][:n])
		if err != nil {
			return nil, shortContent(j, int64(n), err)
		}
		return h.Sum(nil), nil
	}
	if bufs[1] == nil {
		bufs[1] = make([]byte, hashBuffer)
	}
	if err := hashLarge(ctx, j, h, bufs); err != nil {
		return nil, err
	}
	return h.Sum(nil), nil
}

// hashLarge reads one buffer while the other is hashed.
func hashLarge(ctx context.Context, j *hashJob, h hash.Hash, bufs *[2][]byte) error {
	type piece struct {
		b   []byte
		err error
	}
	full := make(chan piece, 1)
	free := make(chan []byte, 2)
	free <- bufs[0]
	free <- bufs[1]
	go func() {
		defer close(full)
		for off := int64(0); off < j.size; {
			b := <-free
			b = b[:min(int64(hashBuffer), j.size-off)]
			err := ctx.Err()
			if err == nil {
				var n int
				n, err = readFullAt(j.r, b, off)
				off += int64(n)
				err = shortContent(j, off, err)
			}
			full <- piece{b, err}
			if err != nil {
				return
			}
		}
	}()
	var err error
	for p := range full {
		if p.err != nil {
			err = p.err
			continue // the reader has ended: this drains the channel
		}
		h.Write(p.b)
		free <- p.b[:hashBuffer]
	}
	return err
}

// readFullAt is ReadAt that takes io.EOF together with all bytes for success.
func readFullAt(r io.ReaderAt, b []byte, off int64) (int, error) {
	n, err := r.ReadAt(b, off)
	if n == len(b) {
		err = nil
	}
	return n, err
}

// shortContent turns the end of a content before its size into a SizeError.
func shortContent(j *hashJob, got int64, err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &SizeError{Name: j.name, Want: j.size, Got: got}
	}
	return err
}
