"""What terminals see of us: one that keeps account of every byte, and real ones from Debian's packages.

The recording terminal (`recording`) stands at the other end of a real pseudo-terminal and answers as a known kind does
(`kinds`); it knows what Kitty's protocol made it hold (`holding`) and what its cells show (`cells`).
"""
