package slots

import (
	"sync"
	"testing"
)

func TestCache(t *testing.T) {
	c := New[string](4)
	c.Put(1, "one")
	c.Put(2, "two")
	if v, ok := c.Get(1); !ok || v != "one" {
		t.Errorf("Get(1) = %q, %v", v, ok)
	}
	if v, ok := c.Get(5); ok {
		t.Errorf("Get(5) = %q, which was never put", v)
	}
	c.Put(5, "five") // shares the slot of 1
	if v, ok := c.Get(1); ok {
		t.Errorf("Get(1) = %q after its slot was taken", v)
	}
	if v, ok := c.Get(-3); ok {
		t.Errorf("Get(-3) = %q", v)
	}
	if v, ok := New[int](0).Get(7); ok {
		t.Errorf("an empty cache has %d", v)
	}
}

// TestConcurrent: a value that is got is always that of its key.
func TestConcurrent(t *testing.T) {
	c := New[int64](8)
	var wg sync.WaitGroup
	for g := range int64(4) {
		wg.Go(func() {
			for i := range int64(2000) {
				k := i*7 + g
				c.Put(k, k*3)
				if v, ok := c.Get(k - 8); ok && v != (k-8)*3 {
					t.Errorf("Get(%d) = %d", k-8, v)
				}
			}
		})
	}
	wg.Wait()
}
