"""Which fact about owning hardware becomes which row, decided by a person; `curate_owning.py` reads these tables.

A fact is named as in the facts; `name@2025-12` picks one of several by date, `name#2` the second number of its cell,
`name#1-2` the range of two numbers, `name*` the one that begins so.
"""

# fact | accelerator | accelerators in the server | scope | basis
SERVER_PRICES = """
DGX A100 320GB, per GPU                                  | a100-sxm-40gb    | 8  | server      | listed
HGX A100 640GB, per GPU                                  | a100-sxm-80gb    | 8  | server      | listed
DGX H100 640GB, per GPU                                  | h100-sxm-80gb    | 8  | server      | listed
DGX H100, per GPU (SemiAnalysis)                         | h100-sxm-80gb    | 8  | server      | estimated
DGX H100, per GPU                                        | h100-sxm-80gb    | 8  | server      | listed
Supermicro HGX H100, per GPU                             | h100-sxm-80gb    | 8  | server      | listed
HGX H100 8-GPU, per GPU                                  | h100-sxm-80gb    | 8  | server      | listed
HGX H200 8-GPU, per GPU                                  | h200-sxm-141gb   | 8  | server      | listed
DGX B200 1440GB, per GPU                                 | b200-sxm-180gb   | 8  | server      | listed
MI300X 8-OAM UBB, per GPU                                | mi300x           | 8  | baseboard   | listed
8x H100 node (planning)                                  | h100-sxm-80gb    | 8  | server      | estimated
8x H200 node (planning)                                  | h200-sxm-141gb   | 8  | server      | estimated
8x B200 node (planning)                                  | b200-sxm-180gb   | 8  | server      | estimated
GB200 NVL72 rack                                         | gb200-186gb      | 72 | server      | estimated
GB200 NVL72 compute hardware                             | gb200-186gb      | 72 | server      | estimated
GB200 NVL72 all-in incl. facility                        | gb200-186gb      | 72 | all_in      | estimated
H100 / H200 / B200 street, per GPU#1                     | h100-sxm-80gb    | 1  | accelerator | estimated
H100 / H200 / B200 street, per GPU#2                     | h200-sxm-141gb   | 1  | accelerator | estimated
H100 / H200 / B200 street, per GPU#3                     | b200-sxm-180gb   | 1  | accelerator | estimated
Lenovo SR675 V3 8x H100 NVL list                         | h100-nvl-94gb    | 8  | list        | listed
H100 cluster incl. 3.2T IB + $50k/node facility & ops    | h100-sxm-80gb    | 8  | cluster     | estimated
H100 system all-in compute (no building)                 | h100-sxm-80gb    | 8  | cluster     | estimated
GB200 NVL72 incl. external networking                    | gb200-186gb      | 72 | cluster     | estimated
"""

# Servers of which no price can be trusted: the price of the same chip in another machine, times what two prices of relatives say
# of the step between the machines. accelerator | accelerators | same chip, in | relative in the server | in the other machine
DERIVED_SERVERS = """
b300-sxm-270gb | 8 | gb300-288gb | b200-sxm-180gb | gb200-186gb
"""

# Servers of cards: the price of the cards, times what a server costs over its accelerators. accelerator | accelerators
CARD_SERVERS = """
rtx-pro-6000-blackwell | 8
"""

# fact | accelerator | accelerators | measure | basis
SERVER_POWER = """
DGX/HGX H100 rated                         | h100-sxm-80gb  | 8  | nameplate   | listed
HGX H100 measured max in training          | h100-sxm-80gb  | 8  | peak        | observed
DGX B200                                   | b200-sxm-180gb | 8  | nameplate   | listed
GB200 NVL72                                | gb200-186gb    | 72 | nameplate   | listed
critical IT per H100 in 20,480-GPU cluster | h100-sxm-80gb  | 1  | critical_it | estimated
all-in provisioned utility power H100      | h100-sxm-80gb  | 1  | utility     | estimated
all-in provisioned utility power H200      | h200-sxm-141gb | 1  | utility     | estimated
all-in provisioned utility power B200      | b200-sxm-180gb | 1  | utility     | estimated
all-in provisioned utility power GB200     | gb200-186gb    | 1  | utility     | estimated
all-in provisioned utility power MI300X    | mi300x         | 1  | utility     | estimated
all-in provisioned utility power MI325X    | mi325x         | 1  | utility     | estimated
all-in provisioned utility power MI355X    | mi355x         | 1  | utility     | estimated
"""

# fact | size class | market | smallest kW | largest kW | rise a year | basis | may be the default
COLOCATION = """
US primary markets avg asking, 250-500 kW@2024-12 | suite          | US     | 250    | 500    |      | observed  | yes
US primary markets avg asking, 250-500 kW@2025-12 | suite          | US     | 250    | 500    |      | observed  | yes
global avg                                        | average        | global |        |        |      | observed  | yes
100 MW build-to-suit lease                        | build_to_suit  |        | 100000 | 100000 | 0.03 | estimated | yes
private cage 20-100 kW                            | cage           |        | 20     | 100    |      | estimated | yes
wholesale 0.5-10 MW                               | hall           |        | 500    | 10000  |      | estimated | yes
250 kW turnkey 2018                               | suite          | North America | 250 | 250    |      | observed  | yes
high-density AI colo (planning default)           | high_density   |        |        |        |      | assumed   | yes
"""

STATES = """
Texas TX Virginia VA Iowa IA Ohio OH Georgia GA Arizona AZ Oregon OR Washington WA Illinois IL Nevada NV Utah UT
Oklahoma OK Tennessee TN Louisiana LA NorthDakota ND NorthCarolina NC NewYork NY NewJersey NJ Massachusetts MA
California CA Indiana IN NewMexico NM Mississippi MS Pennsylvania PA
"""
# fact | place
TARIFF_COUNTRIES = """
US average industrial | US
industrial China      | CN
Japan industrial      | JP
"""
GERMANY = "industrial Germany"
"""Its note also prints a figure in dollars, which is the one used."""

# fact | curve | ages in months of the figures
RESIDUALS = """
H100 residual curve (anchor, not measured) | h100-anchor  | 12 24 36 48
residual @12/24/36/48-60 m                 | guide        | 12 24 36 48
A100 floor                                 | a100-market  | 48
"""
RESIDUAL_BASIS = {"h100-anchor": "estimated", "guide": "estimated", "a100-market": "observed"}

# figure | context | topic: fact | basis | scale from the fact's unit
FIGURES = """
network_share_of_cluster_cost | | networking share: cluster interconnect share of cluster cost | estimated | 1
network_share_of_cluster_cost | | networking share: networking share of cluster cost | estimated | 1
network_share_of_datacenter_cost | | networking share: networking share of AI DC capex | estimated | 1
network_usd_per_accelerator | h100 | networking share: IB switches+cables per GPU* | estimated | 1
network_usd_per_accelerator | h200 | networking share: IB switches+cables per GPU* | estimated | 1
network_usd_per_accelerator | b200 | networking share: IB switches+cables per GPU* | estimated | 1
network_usd_per_accelerator | 2048 nodes | networking share: IB switches+cables per GPU* | estimated | 1
storage_share_of_datacenter_cost | | storage/CPU share: storage share of AI DC capex | estimated | 1
cpu_share_of_datacenter_cost | | storage/CPU share: CPU share of AI DC capex | estimated | 1
accelerator_share_of_datacenter_cost | | storage/CPU share: GPU share of AI DC capex | estimated | 1
facility_share_of_datacenter_cost | | storage/CPU share: mechanical+electrical share of AI DC capex | estimated | 1
server_cost_per_accelerator_cost | a100 | storage/CPU share: server overhead over chip price (A100/V100/P100/avg)#1 | estimated | 1
server_cost_per_accelerator_cost | v100 | storage/CPU share: server overhead over chip price (A100/V100/P100/avg)#2 | estimated | 1
server_cost_per_accelerator_cost | p100 | storage/CPU share: server overhead over chip price (A100/V100/P100/avg)#3 | estimated | 1
server_cost_per_accelerator_cost | | storage/CPU share: server overhead over chip price (A100/V100/P100/avg)#4 | estimated | 1
facility_capex_usd_per_mw | | datacenter capex: AI datacenter | estimated | 1
facility_capex_usd_per_mw | | datacenter capex: powered shell+MEP built for CoreWeave | estimated | 1
facility_capex_usd_per_mw | | datacenter capex: all-in facility build | estimated | 1
construction_usd_per_mw | Tokyo | datacenter capex: construction cost Tokyo | observed | 1e6
construction_usd_per_mw | Singapore | datacenter capex: construction cost Singapore | observed | 1e6
construction_usd_per_mw | Zurich | datacenter capex: construction cost Zurich | observed | 1e6
construction_usd_per_mw | Silicon Valley | datacenter capex: construction cost Silicon Valley | observed | 1e6
construction_usd_per_mw | London | datacenter capex: construction cost London | observed | 1e6
construction_usd_per_mw | Frankfurt | datacenter capex: construction cost Frankfurt | observed | 1e6
construction_ai_premium_fraction | US | datacenter capex: AI premium over traditional, US | estimated | 0.01
construction_inflation_per_year | | datacenter capex: construction inflation | observed | 0.01
fit_out_usd_per_mw | | datacenter capex: tenant fit-out services | estimated | 1
all_in_usd_per_mw | | cluster capex all-in: AI datacenter total@2025-10 | estimated | 0.001
all_in_usd_per_mw | | cluster capex all-in: AI datacenter total@2025 | estimated | 1000
pue | survey | PUE: global average (Uptime)@2024 | observed | 1
pue | survey | PUE: global average (Uptime)@2023 | observed | 1
pue | colocation | PUE: Equinix fleet | observed | 1
pue | hyperscale | PUE: Google fleet | observed | 1
pue | hyperscale | PUE: hyperscaler / other (Epoch)#1 | estimated | 1
pue | other | PUE: hyperscaler / other (Epoch)#2 | estimated | 1
pue | ai | PUE: AI datacenter range (SemiAnalysis via Epoch) | estimated | 1
measured_draw_fraction | gpu | server power: measured / rated, intensive training | observed | 1
measured_draw_fraction | gpu | server power: avg draw fraction of server TDP (Epoch GPU / TPU)#1 | estimated | 1
measured_draw_fraction | tpu | server power: avg draw fraction of server TDP (Epoch GPU / TPU)#2 | estimated | 1
maintenance_fraction_per_year | | maintenance: hardware maintenance (planning) | assumed | 0.01
maintenance_fraction_per_year | | maintenance: maintenance contract | estimated | 0.01
maintenance_fraction_per_year | | maintenance: maintenance contracts | estimated | 0.01
spare_fraction | | maintenance: spare inventory | estimated | 0.01
servers_per_fte | | staffing: GPU servers per infrastructure FTE | estimated | 1
site_staff_fte | retail datacenter 2-5 MW | staffing: retail DC 2-5 MW permanent staff | estimated | 1
site_staff_fte | hyperscale building | staffing: Microsoft full-time per building | estimated | 1
staff_fte_per_server | | staffing: IT staff allocation per 8-GPU node | estimated | 1
team_fte | 136 accelerators | staffing: SRE/infra for 136 GPUs | estimated | 1
engineer_usd_per_year | US | staffing: loaded infrastructure engineer | assumed | 1
interruptions_per_accelerator_year | h100 | failure rate: unexpected interruptions per GPU-year | observed | 1
interruptions_from_accelerators_fraction | h100 | failure rate: GPU-related share of unexpected | observed | 0.01
interruptions_from_hardware_fraction | h100 | failure rate: hardware-attributed share | observed | 0.01
effective_training_time_fraction | h100 | failure rate: effective training time | observed | 0.01
book_life_months | Microsoft | useful life: Microsoft servers | listed | 12
book_life_months | Alphabet | useful life: Alphabet servers | listed | 12
book_life_months | Meta | useful life: Meta servers | listed | 12
book_life_months | Amazon | useful life: Amazon subset of servers/network | listed | 12
book_life_months | CoreWeave | useful life: CoreWeave GPUs | listed | 12
book_life_months | Nebius | useful life: Nebius GPUs | listed | 12
economic_life_months | | useful life: SemiAnalysis economic life | estimated | 12
economic_life_months | bear case | useful life: bear case (Burry) | estimated | 12
facility_life_months | | useful life: datacenter amortisation | estimated | 12
building_tax_life_months | US | useful life: building tax clock | listed | 12
borrowing_rate_per_year | GPU-backed debt | cost of capital: CoreWeave DDTL 1.0 effective rate | listed | 0.01
borrowing_rate_per_year | GPU-backed debt | cost of capital: CoreWeave DDTL 2.0 effective rate | listed | 0.01
borrowing_rate_per_year | GPU-backed debt | cost of capital: CoreWeave 2030 senior notes effective rate | listed | 0.01
borrowing_rate_per_year | GPU-backed debt | cost of capital: CoreWeave revolver effective rate | listed | 0.01
borrowing_rate_per_year | GPU-backed debt | cost of capital: CoreWeave OEM financing effective rate | listed | 0.01
borrowing_rate_per_year | investment-grade tenant | cost of capital: CoreWeave DDTL 4.0#2 | estimated | 0.01
capitalisation_rate_per_year | stabilised datacenter | cost of capital: stabilised DC cap rate | observed | 0.01
lead_months | own datacenter | lead time: own DC build | estimated | 1
lead_months | colocation | lead time: colo deployment | estimated | weeks
lead_months | switchgear | lead time: medium-voltage switchgear | estimated | weeks
lead_months | transformers | lead time: transformers | estimated | weeks
lead_months | grid above 40 MW | lead time: grid connection above ~40 MW | estimated | 1
lead_months | servers | lead time: procurement / procurement+facility#1-2 | estimated | 1
lead_months | servers with facility | lead time: procurement / procurement+facility#3-4 | estimated | 1
software_usd_per_accelerator_year | | software: NVIDIA AI Enterprise subscription | listed | 1
software_usd_per_accelerator_year | | software: NVIDIA AI Enterprise (CEO) | observed | 1
tax_and_insurance_fraction_per_year | | property tax/insurance: assumption used | assumed | 0.01
"""

# figure | context | topic: fact | formula on the fact's value v | how it was computed
COMPUTED = """
nameplate_kw_per_accelerator_kw | h100 | server power: DGX/HGX H100 rated | 8 * 0.7 | rated server over eight accelerators of 0.7 kW
nameplate_kw_per_accelerator_kw | b200 | server power: DGX B200 | 8 * 1.0 | rated server over eight accelerators of 1 kW
nameplate_kw_per_accelerator_kw | gb200 | server power: GB200 NVL72 | 72 * 1.2 | rated rack over 72 accelerators of 1.2 kW
faulty_per_accelerator_year | h100 | failure rate: faulty GPU count* | 16384 * 54 / 365 | 16,384 accelerators, 54 days
network_usd_per_accelerator | 64 nodes | networking share: IB switches+cables per GPU* | low | lower figure, 64 nodes
"""

# topic | fact (`*` = all that are named nowhere) | why it is no row
NOT_OWNING = """
carbon intensity        | * | in carbon_intensity.csv
cloud reference price   | * | a rent: the price files know better
owned levelised cost    | * | a result of others, kept for comparison
threshold               | * | a result of others, kept for comparison
egress                  | * | of clouds, not of owning
server purchase price   | A100 80GB 8-GPU server, per GPU | form factor of the accelerator not stated
server purchase price   | GH200 server | memory size of the accelerator not stated
server purchase price   | Blackwell GPU capex all-in colo | accelerator not named
networking share        | interconnect share of model development cost | another denominator: development, not hardware
networking share        | 64-port NDR IB switch | a part, contained in the cost per accelerator
networking share        | InfiniBand vs Ethernet TCO ratio | a claim without source
datacenter capex        | physical infrastructure per NVL72 rack | per rack, not per MW
colocation price        | GAP: per-market colo table (N. Virginia, Dallas, ...) | a gap, no figure
PUE                     | GAP: liquid-cooled AI facility measured PUE | a gap, no figure
property tax/insurance  | GAP: property tax and insurance % of capex | a gap, no figure
maintenance             | facility opex share that is maintenance | a share of an operating cost that is not known
staffing                | staff compensation range used by Epoch | a range of six times, research staff
failure rate            | unexpected interruptions, 16,384 H100, 54 days | counted in the rate per accelerator-year
failure rate            | mean time between unexpected interruptions | counted in the rate per accelerator-year
residual/price decline  | H100 PCIe secondary vs new anchor | age not stated
residual/price decline  | V100 18 months after A100 | age not stated
residual/price decline  | ML GPU price-performance improvement | no price of a thing that ages
residual/price decline  | H100 1-yr contract $/h path | rents, told in full by the index of rents
residual/price decline  | H100 rental path | rents, told in full by the index of rents
cost of capital         | CoreWeave DDTL 5.0 | a margin over an index, no rate
lead time               | power named main obstacle to schedule | a share of answers, no time
software                | NVIDIA AI Enterprise in cloud | of clouds, not of owning
electricity price       | * | in euros, and the facts hold no exchange rate
"""

SOURCES = {
    "ASSUMPTION": "planning assumption",
    "computed": "arXiv 2407.21783 sec 3.3.4",
    "computed from same sheet": "same",
}

LISTED_FIRST = ("listed", "observed", "derived", "estimated", "assumed")
"""Server prices: a price list comes before an estimate when the default is chosen."""

# Of the newer collection: rows that are no input of the planner, or that cannot be trusted so far.
NEWER_LEFT_OUT = """
owning_usd_per_accelerator_hour | a result of others, kept for comparison
rental_usd_per_accelerator_hour | a result of others, kept for comparison
liquid_cooling_parts_usd_per_rack | a part, contained in the price of the rack
network_share_of_accelerator_cost | another denominator: the accelerators alone
infiniband_cost_over_ethernet   | a ratio between two fabrics, no cost
"""
# size class of a newer rent that may be the default of its country: id | ISO 3166
RENT_OF_COUNTRY = """
singapore-250-500-kw-2023-07 | SG
"""
