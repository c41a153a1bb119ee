"""The picture to forward of a project, a community or a quarter: 1200 × 630, five steps of a stair, one sentence."""
