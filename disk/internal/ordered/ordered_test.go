package ordered

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"
)

// TestOrder: results come in the order of submission though later ones are
// ready first, and each worker is used by one goroutine at a time.
func TestOrder(t *testing.T) {
	for _, workers := range []int{1, 3} {
		var got []int64
		p := New(workers, 8, func() Func {
			busy := false
			return func(dst, src []byte) ([]byte, error) {
				if busy {
					return nil, errors.New("a worker is used twice at a time")
				}
				busy = true
				time.Sleep(time.Duration(20-src[0]) * time.Millisecond / 10)
				busy = false
				return append(dst, src[0]*2), nil
			}
		}, func(task *Task) error {
			if int64(task.Out[0]) != task.Tag*2 || len(task.Out) != 1 {
				return fmt.Errorf("task %d has %v", task.Tag, task.Out)
			}
			got = append(got, task.Tag)
			return nil
		})
		var want []int64
		for i := range int64(20) {
			task, err := p.Next()
			if err != nil {
				t.Fatal(err)
			}
			if len(task.In) != 8 {
				t.Fatalf("In has %d bytes", len(task.In))
			}
			task.In[0], task.Tag = byte(i), i
			p.Submit(task)
			want = append(want, i)
		}
		if err := p.Flush(); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d workers: order %v", workers, got)
		}
	}
}

// TestErrors: the first error of a worker or of emit is that of all later calls.
func TestErrors(t *testing.T) {
	broken := errors.New("broken")
	for name, fail := range map[string]func(work bool) error{
		"worker": func(work bool) error { return map[bool]error{true: broken}[work] },
		"emit":   func(work bool) error { return map[bool]error{false: broken}[work] },
	} {
		p := New(2, 1, func() Func {
			return func(dst, src []byte) ([]byte, error) { return dst, fail(true) }
		}, func(*Task) error { return fail(false) })
		var err error
		for range 100 {
			var task *Task
			if task, err = p.Next(); err != nil {
				break
			}
			p.Submit(task)
		}
		if err != broken || p.Flush() != broken {
			t.Errorf("%s fails: Next %v, Flush %v", name, err, p.Flush())
		}
	}
}
