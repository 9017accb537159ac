module schedlab/cell

go 1.18
