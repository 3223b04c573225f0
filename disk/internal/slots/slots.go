// Package slots is a cache of a fixed number of values, for the tables and
// decompressed blocks of disk images.
package slots

import "sync/atomic"

// Cache keeps the last value of each slot; a key has one slot that it shares
// with others. It never locks, and never holds more values than it has slots.
// Values must not be changed after they were put.
type Cache[V any] struct {
	slots []atomic.Pointer[entry[V]]
}

type entry[V any] struct {
	key   int64
	value V
}

// New returns a cache of n slots, at least one.
func New[V any](n int64) *Cache[V] {
	return &Cache[V]{slots: make([]atomic.Pointer[entry[V]], max(n, 1))}
}

// Get returns the value of key, if it is there.
func (c *Cache[V]) Get(key int64) (value V, ok bool) {
	if e := c.slot(key).Load(); e != nil && e.key == key {
		return e.value, true
	}
	return value, false
}

// Put keeps the value of key in place of whatever shares its slot.
func (c *Cache[V]) Put(key int64, value V) {
	c.slot(key).Store(&entry[V]{key, value})
}

func (c *Cache[V]) slot(key int64) *atomic.Pointer[entry[V]] {
	return &c.slots[uint64(key)%uint64(len(c.slots))]
}
