#include "textflag.h"

// One half of BLAKE2b's G with the multiplication of RFC 9106, 3.6, on two
// groups of four words at once:
//   a += b + 2*lo(a)*lo(b); d = (d ^ a) rotated
//   c += d + 2*lo(c)*lo(d); b = (b ^ c) rotated
// VPMULUDQ multiplies the low halves of each word, which is just what is asked.
#define MULADD(x0, y0, x1, y1) \
	VPMULUDQ x0, y0, Y8; \
	VPMULUDQ x1, y1, Y9; \
	VPADDQ y0, x0, x0; \
	VPADDQ y1, x1, x1; \
	VPADDQ Y8, Y8, Y8; \
	VPADDQ Y9, Y9, Y9; \
	VPADDQ Y8, x0, x0; \
	VPADDQ Y9, x1, x1

#define G(a0, b0, c0, d0, a1, b1, c1, d1) \
	MULADD(a0, b0, a1, b1); \
	VPXOR a0, d0, d0; \
	VPXOR a1, d1, d1; \
	VPSHUFD $0xB1, d0, d0; \
	VPSHUFD $0xB1, d1, d1; \
	MULADD(c0, d0, c1, d1); \
	VPXOR c0, b0, b0; \
	VPXOR c1, b1, b1; \
	VPSHUFB Y15, b0, b0; \
	VPSHUFB Y15, b1, b1; \
	MULADD(a0, b0, a1, b1); \
	VPXOR a0, d0, d0; \
	VPXOR a1, d1, d1; \
	VPSHUFB Y14, d0, d0; \
	VPSHUFB Y14, d1, d1; \
	MULADD(c0, d0, c1, d1); \
	VPXOR c0, b0, b0; \
	VPXOR c1, b1, b1; \
	VPADDQ b0, b0, Y8; \
	VPADDQ b1, b1, Y9; \
	VPSRLQ $63, b0, b0; \
	VPSRLQ $63, b1, b1; \
	VPXOR Y8, b0, b0; \
	VPXOR Y9, b1, b1

// The permutation of two rows: one row is four registers, a b c d.
// VPERMQ turns the rows of its 4x4 matrix, so that G sees the diagonals.
#define TWOROWS(off) \
	VMOVDQU (off+0)(SI), Y0; \
	VMOVDQU (off+32)(SI), Y1; \
	VMOVDQU (off+64)(SI), Y2; \
	VMOVDQU (off+96)(SI), Y3; \
	VMOVDQU (off+128)(SI), Y4; \
	VMOVDQU (off+160)(SI), Y5; \
	VMOVDQU (off+192)(SI), Y6; \
	VMOVDQU (off+224)(SI), Y7; \
	VPXOR (off+0)(DX), Y0, Y0; \
	VPXOR (off+32)(DX), Y1, Y1; \
	VPXOR (off+64)(DX), Y2, Y2; \
	VPXOR (off+96)(DX), Y3, Y3; \
	VPXOR (off+128)(DX), Y4, Y4; \
	VPXOR (off+160)(DX), Y5, Y5; \
	VPXOR (off+192)(DX), Y6, Y6; \
	VPXOR (off+224)(DX), Y7, Y7; \
	G(Y0, Y1, Y2, Y3, Y4, Y5, Y6, Y7); \
	VPERMQ $0x39, Y1, Y1; \
	VPERMQ $0x4E, Y2, Y2; \
	VPERMQ $0x93, Y3, Y3; \
	VPERMQ $0x39, Y5, Y5; \
	VPERMQ $0x4E, Y6, Y6; \
	VPERMQ $0x93, Y7, Y7; \
	G(Y0, Y1, Y2, Y3, Y4, Y5, Y6, Y7); \
	VPERMQ $0x93, Y1, Y1; \
	VPERMQ $0x4E, Y2, Y2; \
	VPERMQ $0x39, Y3, Y3; \
	VPERMQ $0x93, Y5, Y5; \
	VPERMQ $0x4E, Y6, Y6; \
	VPERMQ $0x39, Y7, Y7; \
	VMOVDQU Y0, (off+0)(BX); \
	VMOVDQU Y1, (off+32)(BX); \
	VMOVDQU Y2, (off+64)(BX); \
	VMOVDQU Y3, (off+96)(BX); \
	VMOVDQU Y4, (off+128)(BX); \
	VMOVDQU Y5, (off+160)(BX); \
	VMOVDQU Y6, (off+192)(BX); \
	VMOVDQU Y7, (off+224)(BX)

// The block that goes out is the permuted one, xor what went in.
#define OUT(at, reg) \
	VPXOR (at)(SI), reg, reg; \
	VPXOR (at)(DX), reg, reg; \
	VMOVDQU reg, (at)(DI)

// On later passes it is also xored with what stood there.
#define OUTXOR(at, reg) \
	VPXOR (at)(DI), reg, reg; \
	OUT(at, reg)

// The permutation of two columns: the low halves of the registers are one, the
// high halves the other. VPALIGNR turns the rows of their matrices.
#define TWOCOLUMNS(off) \
	VMOVDQU (off+0)(BX), Y0; \
	VMOVDQU (off+128)(BX), Y1; \
	VMOVDQU (off+256)(BX), Y2; \
	VMOVDQU (off+384)(BX), Y3; \
	VMOVDQU (off+512)(BX), Y4; \
	VMOVDQU (off+640)(BX), Y5; \
	VMOVDQU (off+768)(BX), Y6; \
	VMOVDQU (off+896)(BX), Y7; \
	G(Y0, Y2, Y4, Y6, Y1, Y3, Y5, Y7); \
	VPALIGNR $8, Y2, Y3, Y10; \
	VPALIGNR $8, Y3, Y2, Y11; \
	VPALIGNR $8, Y7, Y6, Y12; \
	VPALIGNR $8, Y6, Y7, Y13; \
	G(Y0, Y10, Y5, Y12, Y1, Y11, Y4, Y13); \
	VPALIGNR $8, Y11, Y10, Y2; \
	VPALIGNR $8, Y10, Y11, Y3; \
	VPALIGNR $8, Y12, Y13, Y6; \
	VPALIGNR $8, Y13, Y12, Y7

#define LAST(off, how) \
	TWOCOLUMNS(off); \
	how(off+0, Y0); \
	how(off+128, Y1); \
	how(off+256, Y2); \
	how(off+384, Y3); \
	how(off+512, Y4); \
	how(off+640, Y5); \
	how(off+768, Y6); \
	how(off+896, Y7)

// func compressAVX2(dst, prev, ref, mixed *block, xor bool)
TEXT ·compressAVX2(SB), NOSPLIT, $0-33
	MOVQ dst+0(FP), DI
	MOVQ prev+8(FP), SI
	MOVQ ref+16(FP), DX
	MOVQ mixed+24(FP), BX
	MOVBLZX xor+32(FP), CX
	VMOVDQU ·right16<>(SB), Y14
	VMOVDQU ·right24<>(SB), Y15
	TWOROWS(0)
	TWOROWS(256)
	TWOROWS(512)
	TWOROWS(768)
	TESTL CX, CX
	JNZ over
	LAST(0, OUT)
	LAST(32, OUT)
	LAST(64, OUT)
	LAST(96, OUT)
	VZEROUPPER
	RET
over:
	LAST(0, OUTXOR)
	LAST(32, OUTXOR)
	LAST(64, OUTXOR)
	LAST(96, OUTXOR)
	VZEROUPPER
	RET

// Shuffles of bytes that rotate each word to the right by 16 and by 24 bits.
DATA ·right16<>+0(SB)/8, $0x0100070605040302
DATA ·right16<>+8(SB)/8, $0x09080f0e0d0c0b0a
DATA ·right16<>+16(SB)/8, $0x0100070605040302
DATA ·right16<>+24(SB)/8, $0x09080f0e0d0c0b0a
GLOBL ·right16<>(SB), NOPTR|RODATA, $32
DATA ·right24<>+0(SB)/8, $0x0201000706050403
DATA ·right24<>+8(SB)/8, $0x0a09080f0e0d0c0b
DATA ·right24<>+16(SB)/8, $0x0201000706050403
DATA ·right24<>+24(SB)/8, $0x0a09080f0e0d0c0b
GLOBL ·right24<>(SB), NOPTR|RODATA, $32
