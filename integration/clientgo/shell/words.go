package main

import (
	"encoding/hex"
	"fmt"
	"strings"
)

// word is a piece of a line; a plain one was written without quotes and escapes, so that it may be an option.
type word struct {
	bytes []byte
	plain bool
}

func (w word) isOption() bool { return w.plain && strings.HasPrefix(string(w.bytes), "--") }

func (w word) is(text string) bool { return w.plain && string(w.bytes) == text }

// split gives the words of a line; none for a blank line or a comment.
func split(line []byte) ([]word, error) {
	var words []word
	for i := 0; ; {
		for i < len(line) && isSpace(line[i]) {
			i++
		}
		if i == len(line) || line[i] == '#' {
			return words, nil
		}
		w, next, err := nextWord(line, i)
		if err != nil {
			return nil, err
		}
		words = append(words, w)
		i = next
	}
}

func nextWord(line []byte, i int) (word, int, error) {
	w := word{bytes: []byte{}, plain: true}
	quoted := false
	for ; i < len(line) && (quoted || !isSpace(line[i])); i++ {
		switch b := line[i]; b {
		case '"':
			quoted, w.plain = !quoted, false
		case '\\':
			value, length, err := escape(line[i:])
			if err != nil {
				return w, i, err
			}
			w.bytes, w.plain = append(w.bytes, value), false
			i += length - 1
		default:
			w.bytes = append(w.bytes, b)
		}
	}
	if quoted {
		return w, i, invalid("a quote is not closed")
	}
	if digits, isHex := strings.CutPrefix(string(w.bytes), "hex:"); isHex && w.plain {
		bytes, err := hex.DecodeString(digits)
		if err != nil {
			return w, i, invalid("hex: needs pairs of hexadecimal digits")
		}
		return word{bytes: bytes}, i, nil
	}
	return w, i, nil
}

// escape reads one escape sequence: the byte it stands for and its own length.
func escape(text []byte) (byte, int, error) {
	if len(text) >= 2 {
		switch text[1] {
		case 'n':
			return '\n', 2, nil
		case 't':
			return '\t', 2, nil
		case '\\', '"':
			return text[1], 2, nil
		case 'x':
			var value [1]byte
			if len(text) >= 4 {
				if _, err := hex.Decode(value[:], text[2:4]); err == nil {
					return value[0], 4, nil
				}
			}
		}
	}
	return 0, 0, invalid("unknown escape")
}

func isSpace(b byte) bool { return b == ' ' || b == '\t' || b == '\r' || b == '\n' }

// shown is how answers write bytes: printable ASCII as it is, everything else in the escapes of the language.
func shown(value []byte) string {
	var out strings.Builder
	for _, b := range value {
		switch {
		case b == '\n':
			out.WriteString(`\n`)
		case b == '\t':
			out.WriteString(`\t`)
		case b == '\\':
			out.WriteString(`\\`)
		case b >= 0x20 && b < 0x7f:
			out.WriteByte(b)
		default:
			fmt.Fprintf(&out, `\x%02x`, b)
		}
	}
	return out.String()
}

// shownOrNull tells an absent value, nil, from an empty one.
func shownOrNull(value []byte) any {
	if value == nil {
		return nil
	}
	return shown(value)
}
