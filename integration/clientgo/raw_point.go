package main

import (
	"bytes"
	"context"
	"strings"
)

func rawPoint(ctx context.Context, j *judge) error {
	binary := []byte("rp\x00\xff\x01\x00")
	values := map[string][]byte{
		"rp-text": []byte("value"), "rp-empty": {}, string(binary): {0, 0xff, 0x80, 0}, "rp": []byte("prefix of the others"),
	}
	for key, value := range values {
		if err := first(j.raw.Put(ctx, []byte(key), []byte("older")), j.raw.Put(ctx, []byte(key), value)); err != nil {
			return err
		}
	}
	for key, value := range values {
		if err := j.expectRaw(ctx, []byte(key), value); err != nil {
			return err
		}
	}
	for key := range values {
		if err := j.raw.Delete(ctx, []byte(key)); err != nil {
			return err
		}
		if err := first(j.expectRaw(ctx, []byte(key), nil), j.raw.Delete(ctx, []byte(key))); err != nil {
			return err
		}
	}
	return nil
}

// expectRaw reads one key; want nil means absent, which is not the same as empty.
func (j *judge) expectRaw(ctx context.Context, key, want []byte) error {
	got, err := j.raw.Get(ctx, key)
	if err != nil {
		return wrong("get %q: %v", key, err)
	}
	return sameValue(key, got, want)
}

func sameValue(key, got, want []byte) error {
	if (got == nil) != (want == nil) || !bytes.Equal(got, want) {
		return wrong("key %q holds %s, not %s", key, show(got), show(want))
	}
	return nil
}

func show(v []byte) string {
	switch {
	case v == nil:
		return "nothing"
	case len(v) > 40:
		return wrong("%d bytes beginning with %q", len(v), v[:20]).Error()
	}
	return wrong("%q", v).Error()
}

func rawSizes(ctx context.Context, j *judge) error {
	for _, size := range []int{1, 16 << 10, 1 << 20, 6 << 20} {
		key, value := []byte("rz-value"), bytes.Repeat([]byte{byte(size >> 8), 7}, size/2+1)
		if err := first(j.raw.Put(ctx, key, value), j.expectRaw(ctx, key, value)); err != nil {
			return wrong("value of %d bytes: %v", len(value), err)
		}
	}
	longest := []byte("rz-" + strings.Repeat("k", 4<<10))
	if err := first(j.raw.Put(ctx, longest, []byte("v")), j.expectRaw(ctx, longest, []byte("v"))); err != nil {
		return wrong("key of %d bytes: %v", len(longest), err)
	}
	if err := j.raw.Put(ctx, []byte("rz-"+strings.Repeat("k", 9<<10)), []byte("v")); err == nil {
		return wrong("a key above 8 KiB was accepted")
	}
	if err := j.raw.Put(ctx, []byte("rz-huge"), make([]byte, 9<<20)); err == nil {
		return wrong("a value of 9 MiB was accepted")
	}
	return first(j.expectRaw(ctx, []byte("rz-huge"), nil), j.raw.Delete(ctx, []byte("rz-value")), j.raw.Delete(ctx, longest))
}
