# Makes cell-go and demo-go or, where there is no Go, cell-go.na with the reason.
#
# The cell embeds the declarations that the C cells print, so nothing is
# declared twice; Go embeds only what lies beside the sources, so these are
# copied.  No module is needed, so none is ever fetched.

GO     ?= go
has_go := $(shell command -v $(GO) 2>/dev/null)

all: $(if $(has_go),$(BUILD)/cell-go $(BUILD)/cell-go.json $(BUILD)/demo-go,$(BUILD)/cell-go.na)

go_dir   := $(abspath $(BUILD))/obj/go
go_build  = GOTOOLCHAIN=local GO111MODULE=on GOFLAGS= GOWORK=off GOPROXY=off CGO_ENABLED=0 \
	$(if $(HOME)$(GOCACHE)$(XDG_CACHE_HOME),,GOCACHE='$(go_dir)-cache') \
	$(GO) build -trimpath -buildvcs=false -o '$(abspath $@)'

go_src := $(wildcard impls/go/*.go) impls/go/go.mod
$(BUILD)/cell-go: $(go_src) impls/go/backend.mk impls/go/rules.mk $(BUILD)/workloads.json
	$(call say,GO,$@)
	@rm -rf '$(go_dir)' && mkdir -p '$(go_dir)' && cp $(go_src) $(BUILD)/workloads.json '$(go_dir)'
	$(Q)cd '$(go_dir)' && $(go_build) \
		-ldflags "-X main.backend=go -X 'main.model=$(go.model)' -X 'main.capabilities=$(strip $(go.caps))'" .
	@rm -f $@.na

$(BUILD)/demo-go: $(wildcard impls/go/demo/*.go) impls/go/go.mod impls/go/rules.mk
	$(call say,GO,$@)
	@mkdir -p $(@D)
	$(Q)cd impls/go && $(go_build) ./demo

$(BUILD)/cell-go.na: impls/go/rules.mk
	@mkdir -p $(@D)
	@echo 'Go is not installed (scripts/setup installs it)' >$@
