"""Tables that a person decided: regions, names, sellers, aliases. `curate.py` turns them into CSV rows.

Plain text blocks, one entry a line, so that a change is one readable line of a diff.
"""

DECIDED_ON = "2026-11-29"

# provider | class | opt-in | size rank | name
PROVIDERS = """
akash            | marketplace | true  | 0 | Akash Network
aws              | hyperscaler | false | 1 | Amazon Web Services
azure            | hyperscaler | false | 2 | Microsoft Azure
gcp              | hyperscaler | false | 3 | Google Cloud
oci              | hyperscaler | false | 4 | Oracle Cloud Infrastructure
cirrascale       | neocloud    | false | 0 | Cirrascale
civo             | neocloud    | false | 0 | Civo
coreweave        | neocloud    | false | 0 | CoreWeave
crusoe           | neocloud    | false | 0 | Crusoe
daytona          | neocloud    | false | 0 | Daytona
denvr            | neocloud    | false | 0 | Denvr Dataworks
digitalocean     | neocloud    | false | 0 | DigitalOcean
excesssupply     | marketplace | true  | 0 | Excess Supply
gcore            | neocloud    | false | 0 | Gcore
gmicloud         | neocloud    | false | 0 | GMI Cloud
hotaisle         | neocloud    | false | 0 | Hot Aisle
hyperstack       | neocloud    | false | 0 | Hyperstack
jarvislabs       | neocloud    | false | 0 | Jarvislabs
lambda           | neocloud    | false | 0 | Lambda
latitude         | neocloud    | false | 0 | Latitude.sh
lium             | marketplace | true  | 0 | Lium
massedcompute    | neocloud    | false | 0 | Massed Compute
nebius           | neocloud    | false | 0 | Nebius
openrelay        | marketplace | true  | 0 | OpenRelay
ovh              | neocloud    | false | 0 | OVHcloud
packet-ai        | marketplace | true  | 0 | Packet.ai
paperspace       | neocloud    | false | 0 | Paperspace
primeintellect   | marketplace | true  | 0 | Prime Intellect
qubrid           | neocloud    | false | 0 | Qubrid AI
runpod           | neocloud    | false | 0 | RunPod (secure cloud)
runpod-community | marketplace | true  | 0 | RunPod (community cloud)
scaleway         | neocloud    | false | 0 | Scaleway
sfcompute        | marketplace | true  | 0 | The San Francisco Compute Company
spheron          | marketplace | true  | 0 | Spheron
tensordock       | marketplace | true  | 0 | TensorDock
thundercompute   | neocloud    | false | 0 | Thunder Compute
together         | neocloud    | false | 0 | Together AI
vast             | marketplace | true  | 0 | Vast.ai
verda            | neocloud    | false | 0 | Verda
vultr            | neocloud    | false | 0 | Vultr
"""

# class | on-demand cap | spot cap (accelerators of one type, all regions) | interruptions a month; curate_read.py: RESERVED
PROVIDER_CLASSES = """
hyperscaler | 256 | 128 | 0.175
neocloud    | 64  | 32  | 0.175
marketplace | 16  | 8   | 0.175
"""

# Accelerators per node where only the name says so (no offer of the same instance in the facts).
NODE_SIZES = """
aws | p5e.48xlarge   | 8
aws | trn2.3xlarge   | 1
aws | trn2.48xlarge  | 16
aws | u-p6e-gb200x36 | 36
aws | u-p6e-gb200x72 | 72
"""

# Commitments published per GPU, turned into nodes by hand.
# provider | name in the facts | instance | accelerators per node | region | contract | fewest nodes
NODES_BY_HAND = """
verda  | H100 SXM                 | 1H100.80S.32V               | 1 | all | commitment     | 1
verda  | H200                     | 1H200.141S.44V              | 1 | all | commitment     | 1
verda  | B200                     | 1B200.30V                   | 1 | all | commitment     | 1
verda  | B300                     | 1B300.30V                   | 1 | all | commitment     | 1
verda  | GB300 NVL72              | GB300 NVL72 (1 GPU)         | 1 | all | commitment     | 1
vultr  | HGX H100 8x (bare metal) | HGX H100 8x (bare metal)    | 8 | all | commitment     | 1
lambda | 1-Click Cluster, 16 GPUs | 1-Click Cluster node (8x H100) | 8 | all | capacity_block | 2
lambda | 1-Click Cluster H100     | 1-Click Cluster node (8x H100) | 8 | all | capacity_block | 2
lambda | 1-Click Cluster B200     | 1-Click Cluster node (8x B200) | 8 | all | capacity_block | 2
together | H100                   | GPU cluster HGX H100        | 8 | all |                | 1
together | B200                   | GPU cluster HGX B200        | 8 | all |                | 1
cirrascale | B200                 | 8x B200                     | 8 | all | commitment     | 1
qubrid | 8x A100 bare metal       | 8x A100 bare metal          | 8 | all | commitment     | 1
qubrid | 8x H100 bare metal       | 8x H100 bare metal          | 8 | all | commitment     | 1
qubrid | 8x H200 bare metal       | 8x H200 bare metal          | 8 | all | commitment     | 1
qubrid | 8x B200 bare metal       | 8x B200 bare metal          | 8 | all | commitment     | 1
qubrid | 8x B300 bare metal       | 8x B300 bare metal          | 8 | all | commitment     | 1
vultr  | H100                     | bare metal 8x H100          | 8 | all | commitment     | 1
vultr  | B200                     | bare metal 8x B200          | 8 | all | commitment     | 1
"""

# provider: region=COUNTRY ... ; the country is the well-known location of the named region.
REGIONS = """
aws: af-south-1=ZA ap-east-1=HK ap-northeast-1=JP ap-northeast-2=KR ap-northeast-3=JP ap-south-1=IN
aws: ap-southeast-1=SG ap-southeast-2=AU ap-southeast-3=ID ap-southeast-4=AU ap-southeast-5=MY ca-central-1=CA
aws: eu-central-1=DE eu-central-2=CH eu-north-1=SE eu-south-1=IT eu-south-2=ES eu-west-1=IE eu-west-2=GB eu-west-3=FR
aws: il-central-1=IL me-central-1=AE me-south-1=BH sa-east-1=BR us-east-1=US us-east-1-atl-2a=US us-east-1-dfw-2a=US
aws: us-east-2=US us-gov-east-1=US us-gov-west-1=US us-west-1=US us-west-2=US us-west-2-phx-2a=US
aws: ap-south-2=IN
aws: af-south-1-los-1=NG ap-northeast-1-tpe-1=TW ap-northeast-1-wl1-kix1=JP ap-northeast-1-wl1-nrt1=JP
aws: ap-northeast-2-wl1-cjj1=KR ap-northeast-2-wl1-sel1=KR ap-south-1-ccu-1=IN ap-south-1-del-1=IN
aws: ap-southeast-1-bkk-1=TH ap-southeast-1-mnl-1=PH ap-southeast-2-akl-1=NZ ap-southeast-2-per-1=AU
aws: ca-central-1-wl1-yto1=CA eu-central-1-ham-1=DE eu-central-1-waw-1=PL eu-central-1-wl1-ber1=DE
aws: eu-central-1-wl1-dtm1=DE eu-central-1-wl1-muc1=DE eu-north-1-cph-1=DK eu-north-1-hel-1=FI
aws: eu-west-2-wl1-lon1=GB eu-west-2-wl1-man1=GB eu-west-2-wl2-man1=GB eu-west-3-wl1-cmn1=MA eu-west-3-wl1-dss1=SN
aws: me-south-1-mct-1=OM us-east-1-atl-1=US us-east-1-bos-1=US us-east-1-chi-1=US us-east-1-dfw-1=US
aws: us-east-1-iah-1=US us-east-1-lim-1=PE us-east-1-mci-1=US us-east-1-mia-1=US us-east-1-msp-1=US us-east-1-nyc-1=US
aws: us-east-1-phl-1=US us-east-1-qro-1=MX us-east-1-scl-1=CL us-east-1-wl1=US us-east-1-wl1-atl1=US
aws: us-east-1-wl1-bna1=US us-east-1-wl1-chi1=US us-east-1-wl1-clt1=US us-east-1-wl1-dfw1=US us-east-1-wl1-dtw1=US
aws: us-east-1-wl1-iah1=US us-east-1-wl1-mia1=US us-east-1-wl1-msp1=US us-east-1-wl1-nyc1=US us-east-1-wl1-tpa1=US
aws: us-east-1-wl1-was1=US us-west-2-den-1=US us-west-2-hnl-1=US us-west-2-las-1=US us-west-2-lax-1=US
aws: us-west-2-pdx-1=US us-west-2-phx-1=US us-west-2-sea-1=US us-west-2-wl1=US us-west-2-wl1-den1=US
aws: us-west-2-wl1-las1=US us-west-2-wl1-lax1=US us-west-2-wl1-phx1=US us-west-2-wl1-sea1=US
azure: australiacentral=AU australiacentral2=AU australiaeast=AU australiasoutheast=AU brazilsouth=BR
azure: canadacentral=CA canadaeast=CA centralindia=IN centralus=US chilecentral=CL eastasia=HK eastus=US eastus2=US
azure: francecentral=FR francesouth=FR germanynorth=DE germanywestcentral=DE indonesiacentral=ID israelcentral=IL
azure: italynorth=IT japaneast=JP japanwest=JP jioindiacentral=IN jioindiawest=IN koreacentral=KR koreasouth=KR
azure: malaysiawest=MY mexicocentral=MX northcentralus=US northeurope=IE norwayeast=NO norwaywest=NO
azure: polandcentral=PL qatarcentral=QA southafricanorth=ZA southafricawest=ZA southcentralus=US southeastasia=SG
azure: southindia=IN spaincentral=ES swedencentral=SE switzerlandnorth=CH switzerlandwest=CH uaecentral=AE
azure: uaenorth=AE uksouth=GB ukwest=GB westcentralus=US westeurope=NL westus=US westus2=US westus3=US
gcp: africa-south1=ZA asia-east1=TW asia-east2=HK asia-northeast1=JP asia-northeast2=JP asia-northeast3=KR
gcp: asia-south1=IN asia-south2=IN asia-southeast1=SG asia-southeast2=ID australia-southeast1=AU
gcp: australia-southeast2=AU europe-central2=PL europe-north1=FI europe-southwest1=ES europe-west1=BE
gcp: europe-west10=DE europe-west12=IT europe-west2=GB europe-west3=DE europe-west4=NL europe-west6=CH
gcp: europe-west8=IT europe-west9=FR me-central1=QA me-central2=SA me-west1=IL northamerica-northeast1=CA
gcp: northamerica-northeast2=CA southamerica-east1=BR southamerica-west1=CL us-central1=US us-central2=US
gcp: us-east1=US us-east4=US us-east5=US us-south1=US us-west1=US us-west2=US us-west3=US us-west4=US
oci: all-commercial-regions=
akash: all=
civo: all=
gcore: all=
coreweave: CA-EAST-01A=CA RNO2A=US US-CENTRAL-06A=US US-CENTRAL-07A=US US-EAST-01A=US US-EAST-02A=US US-EAST-04A=US
coreweave: US-EAST-06A=US US-EAST-08A=US US-EAST-13A=US US-EAST-14A=US US-EAST-15A=US US-WEST-01A=US US-WEST-02B=US
coreweave: US-WEST-04A=US US-WEST-09B=US US-WEST-10A=US all= north-america=
cirrascale: all=
crusoe: all= culpeper-usa-1=US houston-usa-2=US
daytona: all=
denvr: all= calgary-canada-1=CA houston-usa-1=US
digitalocean: all= tor1=CA
excesssupply: casper-usa-2=US chicago-usa-3=US dulles-usa-4=US tokyo-japan-5=JP
gmicloud: all=
hotaisle: all=
hyperstack: CANADA-1=CA NORWAY-1=NO US-1=US all=
jarvislabs: all=
lambda: all= us=US us-east-1=US us-east-3=US
latitude: au=AU jp=JP nl=NL us=US
lium: all=
massedcompute: all= beltsville-usa-1=US desmoines-usa-1=US kansascity-usa-1=US kansascity-usa-6=US
nebius: all= eu-north1=FI eu-north2=IS eu-west1=FR me-west1=IL uk-south1=GB us-central1=US
openrelay: all=
ovh: all=
packet-ai: all=
paperspace: all= newyork-usa-1=US
primeintellect: all=
qubrid: all=
runpod: all=
runpod-community: all=
scaleway: all= paris-france-1=FR paris-france-5=FR warsaw-poland-1=PL
sfcompute: all=
spheron: all=
tensordock: all=
thundercompute: all=
together: all=
verda: FIN-01=FI FIN-02=FI FIN-03=FI all=
vultr: all= Atlanta=US bangalore-india-1=IN

"""

# Region groups. EU = European Union, EUROPE = the rest of Europe.
GROUPS = """
EU: BE BG CZ DE DK EE ES FI FR HR IE IT NL PL RO SE
EUROPE: CH GB IS NO RU
NA: CA MX US
SA: BR CL PE
APAC: AU CN HK ID IN JP KR MY NZ PH SG TH TW VN
MEA: AE BH IL MA NG OM QA SA SN ZA
"""

# Regions that name a continent but no country.
GROUP_OF_REGION = """
coreweave | north-america | NA
verda     | all           | EU
"""

# Other names of accelerators, on top of their marketing names.
ACCELERATOR_ALIASES = """
h100-sxm-80gb: h100, h100-sxm, h100-sxm5, h100-80gb, h100 sxm, hgx h100, nvidia h100, nvidia-h100
h100-pcie-80gb: h100-pcie, h100 pcie
h100-nvl-94gb: h100-nvl, h100 nvl
h200-sxm-141gb: h200, h200-sxm, h200 sxm, hgx h200, nvidia h200, nvidia-h200
h200-nvl-141gb: h200-nvl, h200 nvl
gh200-96gb: gh200, nvidia gh200
b200-sxm-180gb: b200, b200-sxm, b200 sxm, hgx b200, nvidia b200, nvidia-b200
gb200-186gb: gb200, gb200-nvl72, gb200 nvl72
b300-sxm-270gb: b300, b300-sxm, b300 sxm, hgx b300, nvidia b300, nvidia-b300
gb300-288gb: gb300, gb300-nvl72, gb300 nvl72
a100-sxm-80gb: a100, a100-80gb, a100-sxm, a100-sxm4-80gb, a100 80gb, a100 sxm, nvidia a100, nvidia-a100
a100-sxm-40gb: a100-40gb, a100-sxm4-40gb, a100 40gb
a100-pcie-80gb: a100-pcie, a100 pcie
a10g: nvidia a10g
a10: nvidia a10
l4: nvidia l4, nvidia-l4
l40s: nvidia l40s, nvidia-l40s
t4: nvidia t4, nvidia-t4
v100-sxm-16gb: v100, v100-16gb, v100-sxm
v100-sxm-32gb: v100-32gb
v100-pcie-16gb: v100-pcie
p100-16gb: p100
rtx-4090: rtx4090, 4090
rtx-3090: rtx3090, 3090
rtx-5090: rtx5090, 5090
rtx-a6000: a6000
rtx-a5000: a5000
rtx-a4500: a4500
rtx-a4000: a4000
rtx-4080: rtx4080, 4080
rtx-5080: rtx5080, 5080
rtx-5070-ti: rtx5070ti, 5070-ti
rtx-3060-12gb: rtx-3060, rtx3060, 3060
rtx-2080-ti: rtx2080ti, 2080-ti
rx-7900-xtx: 7900-xtx, 7900xtx
rtx-4000-ada: rtx4000ada, rtx 4000 ada
rtx-6000-ada: rtx6000ada, rtx 6000 ada
rtx-pro-6000-blackwell: rtx-pro-6000, rtxpro6000, rtx pro 6000
rtx-pro-5000-blackwell: rtx-pro-5000, rtx pro 5000
rtx-pro-4500-blackwell: rtx-pro-4500, rtx pro 4500
mi300x: amd mi300x
mi325x: amd mi325x
mi308x: amd mi308x
mi350x: amd mi350x
mi355x: amd mi355x
mi455x: amd mi455x, mi450
h20-96gb: h20, h20-sxm, nvidia h20
h20-141gb: h20-3e, h20e
h800-sxm-80gb: h800, h800-sxm, nvidia h800
h800-pcie-80gb: h800-pcie
a800-sxm-80gb: a800, a800-sxm, a800-80gb, nvidia a800
a800-pcie-80gb: a800-pcie
l20: nvidia l20
vr200-288gb: vr200, vera rubin, vr200-nvl72
rubin-cpx: cpx
gb10-128gb: gb10, dgx-spark, dgx spark
tpu-v5e: v5e, v5litepod, tpu-v5-lite
tpu-v5p: v5p
tpu-v6e: v6e, trillium
tpu-v7: tpu7x, ironwood
trainium1: trn1, trainium
trainium2: trn2
trainium3: trn3
inferentia1: inf1
inferentia2: inf2, inferentia
gaudi2: gaudi-2, gaudi 2
gaudi3: gaudi-3, gaudi 3
arc-pro-b60: b60, arc b60
ascend-910b: 910b, huawei 910b
ascend-910c: 910c, huawei 910c
ascend-950pr: 950pr
mtia-300: mtia
m3-ultra: m3ultra, apple m3 ultra
"""

# id = name in the facts | other names
LANGUAGE_MODELS = """
gpt-3-175b = GPT-3 175B | gpt-3, gpt3, gpt3-175b
gpt-j-6b = GPT-J 6B | gpt-j, EleutherAI/gpt-j-6b
bert-large = BERT-large | bert
llama-1-7b = LLaMA-1 7B | llama-7b
llama-1-13b = LLaMA-1 13B | llama-13b
llama-1-33b = LLaMA-1 33B | llama-33b
llama-1-65b = LLaMA-1 65B | llama-65b
llama-2-7b = Llama-2 7B | llama2-7b, meta-llama/Llama-2-7b-hf, meta-llama/Llama-2-7b-chat-hf
llama-2-13b = Llama-2 13B | llama2-13b, meta-llama/Llama-2-13b-hf, meta-llama/Llama-2-13b-chat-hf
llama-2-70b = Llama-2 70B | llama2-70b, meta-llama/Llama-2-70b-hf, meta-llama/Llama-2-70b-chat-hf
llama-3-8b = Llama-3 8B | llama3-8b, meta-llama/Meta-Llama-3-8B, meta-llama/Meta-Llama-3-8B-Instruct
llama-3-70b = Llama-3 70B | llama3-70b, meta-llama/Meta-Llama-3-70B, meta-llama/Meta-Llama-3-70B-Instruct
llama-3.1-8b = Llama-3.1 8B | llama3.1-8b, meta-llama/Llama-3.1-8B, meta-llama/Llama-3.1-8B-Instruct
llama-3.1-70b = Llama-3.1 70B | llama3.1-70b, meta-llama/Llama-3.1-70B, meta-llama/Llama-3.1-70B-Instruct
llama-3.1-405b = Llama-3.1 405B | llama3.1-405b, meta-llama/Llama-3.1-405B, meta-llama/Llama-3.1-405B-Instruct
llama-3.2-1b = Llama-3.2 1B | llama3.2-1b, meta-llama/Llama-3.2-1B, meta-llama/Llama-3.2-1B-Instruct
llama-3.2-3b = Llama-3.2 3B | llama3.2-3b, meta-llama/Llama-3.2-3B, meta-llama/Llama-3.2-3B-Instruct
llama-3.3-70b = Llama-3.3 70B | llama3.3-70b, meta-llama/Llama-3.3-70B-Instruct
llama-4-scout = Llama 4 Scout (17B-16E) | llama4-scout, llama-4-scout-17b-16e, meta-llama/Llama-4-Scout-17B-16E-Instruct
llama-4-maverick = Llama 4 Maverick (17B-128E) | llama4-maverick, meta-llama/Llama-4-Maverick-17B-128E-Instruct
mistral-7b-v0.1 = Mistral 7B v0.1 | mistralai/Mistral-7B-v0.1, mistralai/Mistral-7B-Instruct-v0.1
mistral-7b-v0.3 = Mistral 7B v0.3 | mistral-7b, mistralai/Mistral-7B-v0.3, mistralai/Mistral-7B-Instruct-v0.3
mixtral-8x7b = Mixtral 8x7B | mistralai/Mixtral-8x7B-v0.1, mistralai/Mixtral-8x7B-Instruct-v0.1
mixtral-8x22b = Mixtral 8x22B | mistralai/Mixtral-8x22B-v0.1, mistralai/Mixtral-8x22B-Instruct-v0.1
mistral-large-2 = Mistral Large 2 (2407/2411) | mistral-large-2407, mistral-large-2411
qwen2.5-0.5b = Qwen2.5 0.5B | Qwen/Qwen2.5-0.5B, Qwen/Qwen2.5-0.5B-Instruct
qwen2.5-1.5b = Qwen2.5 1.5B | Qwen/Qwen2.5-1.5B, Qwen/Qwen2.5-1.5B-Instruct
qwen2.5-3b = Qwen2.5 3B | Qwen/Qwen2.5-3B, Qwen/Qwen2.5-3B-Instruct
qwen2.5-7b = Qwen2.5 7B | Qwen/Qwen2.5-7B, Qwen/Qwen2.5-7B-Instruct
qwen2.5-14b = Qwen2.5 14B | Qwen/Qwen2.5-14B, Qwen/Qwen2.5-14B-Instruct
qwen2.5-32b = Qwen2.5 32B | Qwen/Qwen2.5-32B, Qwen/Qwen2.5-32B-Instruct
qwen2.5-72b = Qwen2.5 72B | Qwen/Qwen2.5-72B, Qwen/Qwen2.5-72B-Instruct
qwen3-0.6b = Qwen3 0.6B | Qwen/Qwen3-0.6B
qwen3-1.7b = Qwen3 1.7B | Qwen/Qwen3-1.7B
qwen3-4b = Qwen3 4B | Qwen/Qwen3-4B
qwen3-8b = Qwen3 8B | Qwen/Qwen3-8B
qwen3-14b = Qwen3 14B | Qwen/Qwen3-14B
qwen3-32b = Qwen3 32B | Qwen/Qwen3-32B
qwen3-30b-a3b = Qwen3 30B-A3B | Qwen/Qwen3-30B-A3B, Qwen/Qwen3-30B-A3B-Instruct-2507
qwen3-235b-a22b = Qwen3 235B-A22B | qwen3-235b, Qwen/Qwen3-235B-A22B, Qwen/Qwen3-235B-A22B-Instruct-2507
deepseek-v3 = DeepSeek V3 | deepseek-v3-0324, deepseek-ai/DeepSeek-V3, deepseek-ai/DeepSeek-V3-0324
deepseek-r1 = DeepSeek R1 | deepseek-r1-0528, deepseek-ai/DeepSeek-R1, deepseek-ai/DeepSeek-R1-0528
gemma-2-2b = Gemma 2 2B | google/gemma-2-2b, google/gemma-2-2b-it
gemma-2-9b = Gemma 2 9B | google/gemma-2-9b, google/gemma-2-9b-it
gemma-2-27b = Gemma 2 27B | google/gemma-2-27b, google/gemma-2-27b-it
gemma-3-1b = Gemma 3 1B | google/gemma-3-1b-pt, google/gemma-3-1b-it
gemma-3-4b = Gemma 3 4B | google/gemma-3-4b-pt, google/gemma-3-4b-it
gemma-3-12b = Gemma 3 12B | google/gemma-3-12b-pt, google/gemma-3-12b-it
gemma-3-27b = Gemma 3 27B | google/gemma-3-27b-pt, google/gemma-3-27b-it
phi-3-mini = Phi-3 mini 3.8B | phi-3-mini-3.8b, microsoft/Phi-3-mini-4k-instruct, microsoft/Phi-3-mini-128k-instruct
phi-3-medium = Phi-3 medium 14B | phi-3-medium-14b, microsoft/Phi-3-medium-128k-instruct
phi-3.5-mini = Phi-3.5 mini | microsoft/Phi-3.5-mini-instruct
phi-4 = Phi-4 14B | phi-4-14b, microsoft/phi-4
phi-4-mini = Phi-4 mini 3.8B | phi-4-mini-3.8b, microsoft/Phi-4-mini-instruct
gpt-oss-120b = gpt-oss-120b | openai/gpt-oss-120b
gpt-oss-20b = gpt-oss-20b | openai/gpt-oss-20b
stable-diffusion-1.5 = Stable Diffusion 1.5 | sd-1.5, sd1.5
stable-diffusion-xl = Stable Diffusion XL base | sdxl, stabilityai/stable-diffusion-xl-base-1.0
whisper-large-v3 = Whisper large-v3 | openai/whisper-large-v3
"""

# Experts where the facts' note does not say; read in the configuration file named by the row itself.
# id | experts | per token | where it was read
EXPERTS_FROM = "huggingface/transformers"
EXPERTS = """
deepseek-v3      | 256 | 8 | models/deepseek_v3/configuration_deepseek_v3.py@001f85b38fb4 defaults
deepseek-r1      | 256 | 8 | models/deepseek_v3/configuration_deepseek_v3.py@001f85b38fb4 defaults
llama-4-maverick |     | 1 | models/llama4/configuration_llama4.py@008e57439125 defaults
"""

# [our id] provider:model, exact strings. Only the publisher's own weights, base or instruct, in the
# publisher's own formats and dated releases. Third-party fine-tunes, distillations, hosts' own
# quantisations ("turbo", int8, awq, fp8 where the publisher has none) and moving pointers
# ("latest", "chat") are left out on purpose.
HOSTED_MODELS = """
[deepseek-r1]
azure_ai:azure_ai/deepseek-r1
bedrock_converse:deepseek.r1-v1:0
bedrock_converse:us.deepseek.r1-v1:0
crusoe:crusoe/deepseek-ai/DeepSeek-R1-0528
deepinfra:deepinfra/deepseek-ai/DeepSeek-R1
deepinfra:deepinfra/deepseek-ai/DeepSeek-R1-0528
deepseek:deepseek/deepseek-r1
fireworks_ai:fireworks_ai/accounts/fireworks/models/deepseek-r1
fireworks_ai:fireworks_ai/accounts/fireworks/models/deepseek-r1-0528
fireworks_ai:fireworks_ai/accounts/fireworks/models/deepseek-r1-basic
hyperbolic:hyperbolic/deepseek-ai/DeepSeek-R1
hyperbolic:hyperbolic/deepseek-ai/DeepSeek-R1-0528
lambda_ai:lambda_ai/deepseek-r1-0528
lambda_ai:lambda_ai/deepseek-r1-671b
nebius:nebius/deepseek-ai/DeepSeek-R1
nebius:nebius/deepseek-ai/DeepSeek-R1-0528
novita:novita/deepseek/deepseek-r1
novita:novita/deepseek/deepseek-r1-0528
novita:novita/deepseek/deepseek-r1/community
replicate:replicate/deepseek-ai/deepseek-r1
sambanova:sambanova/DeepSeek-R1
snowflake:snowflake/deepseek-r1
together_ai:together_ai/deepseek-ai/DeepSeek-R1-0528
vertex_ai-deepseek_models:vertex_ai/deepseek-ai/deepseek-r1-0528-maas
[deepseek-v3]
azure_ai:azure_ai/deepseek-v3
azure_ai:azure_ai/deepseek-v3-0324
baseten:baseten/deepseek-ai/DeepSeek-V3-0324
crusoe:crusoe/deepseek-ai/DeepSeek-V3-0324
deepinfra:deepinfra/deepseek-ai/DeepSeek-V3
deepinfra:deepinfra/deepseek-ai/DeepSeek-V3-0324
deepseek:deepseek/deepseek-v3
fireworks_ai:fireworks_ai/accounts/fireworks/models/deepseek-v3
fireworks_ai:fireworks_ai/accounts/fireworks/models/deepseek-v3-0324
gmi:gmi/deepseek-ai/DeepSeek-V3-0324
hyperbolic:hyperbolic/deepseek-ai/DeepSeek-V3
hyperbolic:hyperbolic/deepseek-ai/DeepSeek-V3-0324
lambda_ai:lambda_ai/deepseek-v3-0324
nebius:nebius/deepseek-ai/DeepSeek-V3
nebius:nebius/deepseek-ai/DeepSeek-V3-0324
novita:novita/deepseek/deepseek-v3-0324
novita:novita/deepseek/deepseek-v3/community
novita:novita/deepseek/deepseek_v3
replicate:replicate/deepseek-ai/deepseek-v3
together_ai:together_ai/deepseek-ai/DeepSeek-V3
[gemma-2-27b]
together_ai:together_ai/google/gemma-2-27b-it
[gemma-2-9b]
fireworks_ai:fireworks_ai/accounts/fireworks/models/gemma2-9b-it
[gemma-3-12b]
bedrock_converse:google.gemma-3-12b-it
crusoe:crusoe/google/gemma-3-12b-it
databricks:databricks/databricks-gemma-3-12b
deepinfra:deepinfra/google/gemma-3-12b-it
novita:novita/google/gemma-3-12b-it
[gemma-3-27b]
bedrock_converse:google.gemma-3-27b-it
deepinfra:deepinfra/google/gemma-3-27b-it
fireworks_ai:fireworks_ai/accounts/fireworks/models/gemma-3-27b-it
nebius:nebius/google/gemma-3-27b-it
novita:novita/google/gemma-3-27b-it
[gemma-3-4b]
bedrock_converse:google.gemma-3-4b-it
deepinfra:deepinfra/google/gemma-3-4b-it
[gpt-oss-120b]
azure_ai:azure_ai/FW-GPT-OSS-120B
azure_ai:azure_ai/gpt-oss-120b
baseten:baseten/openai/gpt-oss-120b
bedrock:bedrock/us-gov-east-1/openai.gpt-oss-120b-1:0
bedrock:bedrock/us-gov-west-1/openai.gpt-oss-120b-1:0
bedrock_converse:openai.gpt-oss-120b-1:0
bedrock_converse:us-gov.openai.gpt-oss-120b-1:0
cerebras:cerebras/gpt-oss-120b
cloudflare:cloudflare/@cf/openai/gpt-oss-120b
crusoe:crusoe/openai/gpt-oss-120b
databricks:databricks/databricks-gpt-oss-120b
deepinfra:deepinfra/openai/gpt-oss-120b
fireworks_ai:fireworks_ai/accounts/fireworks/models/gpt-oss-120b
fireworks_ai:fireworks_ai/gpt-oss-120b
groq:groq/openai/gpt-oss-120b
nebius:nebius/openai/gpt-oss-120b
novita:novita/openai/gpt-oss-120b
oci:oci/openai.gpt-oss-120b
ovhcloud:ovhcloud/gpt-oss-120b
replicate:replicate/openai/gpt-oss-120b
sambanova:sambanova/gpt-oss-120b
scaleway:scaleway/openai/gpt-oss-120b
together_ai:together_ai/openai/gpt-oss-120b
vertex_ai-openai_models:vertex_ai/openai/gpt-oss-120b-maas
wandb:wandb/openai/gpt-oss-120b
watsonx:watsonx/openai/gpt-oss-120b
[gpt-oss-20b]
bedrock:bedrock/us-gov-east-1/openai.gpt-oss-20b-1:0
bedrock:bedrock/us-gov-west-1/openai.gpt-oss-20b-1:0
bedrock_converse:openai.gpt-oss-20b-1:0
bedrock_converse:us-gov.openai.gpt-oss-20b-1:0
cloudflare:cloudflare/@cf/openai/gpt-oss-20b
databricks:databricks/databricks-gpt-oss-20b
deepinfra:deepinfra/openai/gpt-oss-20b
fireworks_ai:fireworks_ai/accounts/fireworks/models/gpt-oss-20b
fireworks_ai:fireworks_ai/gpt-oss-20b
groq:groq/openai/gpt-oss-20b
novita:novita/openai/gpt-oss-20b
oci:oci/openai.gpt-oss-20b
ovhcloud:ovhcloud/gpt-oss-20b
replicate:replicate/openai/gpt-oss-20b
together_ai:together_ai/openai/gpt-oss-20b
vertex_ai-openai_models:vertex_ai/openai/gpt-oss-20b-maas
wandb:wandb/openai/gpt-oss-20b
[llama-2-13b]
anyscale:anyscale/meta-llama/Llama-2-13b-chat-hf
bedrock:meta.llama2-13b-chat-v1
fireworks_ai:fireworks_ai/accounts/fireworks/models/llama-v2-13b
fireworks_ai:fireworks_ai/accounts/fireworks/models/llama-v2-13b-chat
replicate:replicate/meta/llama-2-13b
replicate:replicate/meta/llama-2-13b-chat
[llama-2-70b]
anyscale:anyscale/meta-llama/Llama-2-70b-chat-hf
bedrock:meta.llama2-70b-chat-v1
fireworks_ai:fireworks_ai/accounts/fireworks/models/llama-v2-70b
fireworks_ai:fireworks_ai/accounts/fireworks/models/llama-v2-70b-chat
perplexity:perplexity/llama-2-70b-chat
replicate:replicate/meta/llama-2-70b
replicate:replicate/meta/llama-2-70b-chat
[llama-2-7b]
anyscale:anyscale/meta-llama/Llama-2-7b-chat-hf
cloudflare:cloudflare/@cf/meta/llama-2-7b-chat-fp16
fireworks_ai:fireworks_ai/accounts/fireworks/models/llama-v2-7b
fireworks_ai:fireworks_ai/accounts/fireworks/models/llama-v2-7b-chat
replicate:replicate/meta/llama-2-7b
replicate:replicate/meta/llama-2-7b-chat
[llama-3-70b]
anyscale:anyscale/meta-llama/Meta-Llama-3-70B-Instruct
azure_ai:azure_ai/Meta-Llama-3-70B-Instruct
bedrock:bedrock/ap-south-1/meta.llama3-70b-instruct-v1:0
bedrock:bedrock/ca-central-1/meta.llama3-70b-instruct-v1:0
bedrock:bedrock/eu-west-1/meta.llama3-70b-instruct-v1:0
bedrock:bedrock/eu-west-2/meta.llama3-70b-instruct-v1:0
bedrock:bedrock/sa-east-1/meta.llama3-70b-instruct-v1:0
bedrock:bedrock/us-east-1/meta.llama3-70b-instruct-v1:0
bedrock:bedrock/us-gov-east-1/meta.llama3-70b-instruct-v1:0
bedrock:bedrock/us-gov-west-1/meta.llama3-70b-instruct-v1:0
bedrock:bedrock/us-west-1/meta.llama3-70b-instruct-v1:0
bedrock:meta.llama3-70b-instruct-v1:0
fireworks_ai:fireworks_ai/accounts/fireworks/models/llama-v3-70b-instruct
fireworks_ai:fireworks_ai/accounts/fireworks/models/llama-v3-70b-instruct-hf
hyperbolic:hyperbolic/meta-llama/Meta-Llama-3-70B-Instruct
novita:novita/meta-llama/llama-3-70b-instruct
replicate:replicate/meta/llama-3-70b
replicate:replicate/meta/llama-3-70b-instruct
[llama-3-8b]
anyscale:anyscale/meta-llama/Meta-Llama-3-8B-Instruct
bedrock:bedrock/ap-south-1/meta.llama3-8b-instruct-v1:0
bedrock:bedrock/ca-central-1/meta.llama3-8b-instruct-v1:0
bedrock:bedrock/eu-west-1/meta.llama3-8b-instruct-v1:0
bedrock:bedrock/eu-west-2/meta.llama3-8b-instruct-v1:0
bedrock:bedrock/sa-east-1/meta.llama3-8b-instruct-v1:0
bedrock:bedrock/us-east-1/meta.llama3-8b-instruct-v1:0
bedrock:bedrock/us-gov-east-1/meta.llama3-8b-instruct-v1:0
bedrock:bedrock/us-gov-west-1/meta.llama3-8b-instruct-v1:0
bedrock:bedrock/us-west-1/meta.llama3-8b-instruct-v1:0
bedrock:meta.llama3-8b-instruct-v1:0
deepinfra:deepinfra/meta-llama/Meta-Llama-3-8B-Instruct
fireworks_ai:fireworks_ai/accounts/fireworks/models/llama-v3-8b
fireworks_ai:fireworks_ai/accounts/fireworks/models/llama-v3-8b-instruct-hf
gradient_ai:gradient_ai/llama3-8b-instruct
novita:novita/meta-llama/llama-3-8b-instruct
replicate:replicate/meta/llama-3-8b
replicate:replicate/meta/llama-3-8b-instruct
together_ai:together_ai/meta-llama/Llama-3-8b-chat-hf
together_ai:together_ai/meta-llama/Meta-Llama-3-8B-Instruct
[llama-3.1-405b]
bedrock:meta.llama3-1-405b-instruct-v1:0
bedrock:us.meta.llama3-1-405b-instruct-v1:0
fireworks_ai:fireworks_ai/accounts/fireworks/models/llama-v3p1-405b-instruct
hyperbolic:hyperbolic/meta-llama/Meta-Llama-3.1-405B-Instruct
lambda_ai:lambda_ai/llama3.1-405b-instruct-fp8
nebius:nebius/meta-llama/Meta-Llama-3.1-405B-Instruct
oci:oci/meta.llama-3.1-405b-instruct
snowflake:snowflake/llama3.1-405b
together_ai:together_ai/meta-llama/Llama-3.1-405B-Instruct
vertex_ai-llama_models:vertex_ai/meta/llama-3.1-405b-instruct-maas
[llama-3.1-70b]
azure_ai:azure_ai/Meta-Llama-3.1-70B-Instruct
bedrock:meta.llama3-1-70b-instruct-v1:0
bedrock:us.meta.llama3-1-70b-instruct-v1:0
cerebras:cerebras/llama-3.1-70b
cerebras:cerebras/llama3.1-70b
deepinfra:deepinfra/meta-llama/Meta-Llama-3.1-70B-Instruct
fireworks_ai:fireworks_ai/accounts/fireworks/models/llama-v3p1-70b-instruct
hyperbolic:hyperbolic/meta-llama/Meta-Llama-3.1-70B-Instruct
nebius:nebius/meta-llama/Meta-Llama-3.1-70B-Instruct
oci:oci/meta.llama-3.1-70b-instruct
ovhcloud:ovhcloud/Meta-Llama-3_1-70B-Instruct
perplexity:perplexity/llama-3.1-70b-instruct
snowflake:snowflake/llama3.1-70b
wandb:wandb/meta-llama/Llama-3.1-70B-Instruct
[llama-3.1-8b]
bedrock:meta.llama3-1-8b-instruct-v1:0
bedrock:us.meta.llama3-1-8b-instruct-v1:0
cerebras:cerebras/llama-3.1-8b
cerebras:cerebras/llama3.1-8b
databricks:databricks/databricks-meta-llama-3-1-8b-instruct
deepinfra:deepinfra/meta-llama/Meta-Llama-3.1-8B-Instruct
fireworks_ai:fireworks_ai/accounts/fireworks/models/llama-v3p1-8b-instruct
hyperbolic:hyperbolic/meta-llama/Meta-Llama-3.1-8B-Instruct
lambda_ai:lambda_ai/llama3.1-8b-instruct
nebius:nebius/meta-llama/Meta-Llama-3.1-8B-Instruct
novita:novita/meta-llama/llama-3.1-8b-instruct
nscale:nscale/meta-llama/Llama-3.1-8B-Instruct
oci:oci/meta.llama-3.1-8b-instruct
ovhcloud:ovhcloud/Llama-3.1-8B-Instruct
perplexity:perplexity/llama-3.1-8b-instruct
snowflake:snowflake/llama3.1-8b
wandb:wandb/meta-llama/Llama-3.1-8B-Instruct
[llama-3.2-1b]
bedrock:eu.meta.llama3-2-1b-instruct-v1:0
bedrock:meta.llama3-2-1b-instruct-v1:0
bedrock:us.meta.llama3-2-1b-instruct-v1:0
cloudflare:cloudflare/@cf/meta/llama-3.2-1b-instruct
fireworks_ai:fireworks_ai/accounts/fireworks/models/llama-v3p2-1b
fireworks_ai:fireworks_ai/accounts/fireworks/models/llama-v3p2-1b-instruct
novita:novita/meta-llama/llama-3.2-1b-instruct
together_ai:together_ai/meta-llama/Llama-3.2-1B-Instruct
watsonx:watsonx/meta-llama/llama-3-2-1b-instruct
[llama-3.2-3b]
bedrock:eu.meta.llama3-2-3b-instruct-v1:0
bedrock:meta.llama3-2-3b-instruct-v1:0
bedrock:us.meta.llama3-2-3b-instruct-v1:0
cloudflare:cloudflare/@cf/meta/llama-3.2-3b-instruct
deepinfra:deepinfra/meta-llama/Llama-3.2-3B-Instruct
fireworks_ai:fireworks_ai/accounts/fireworks/models/llama-v3p2-3b
fireworks_ai:fireworks_ai/accounts/fireworks/models/llama-v3p2-3b-instruct
hyperbolic:hyperbolic/meta-llama/Llama-3.2-3B-Instruct
lambda_ai:lambda_ai/llama3.2-3b-instruct
novita:novita/meta-llama/llama-3.2-3b-instruct
together_ai:together_ai/meta-llama/Llama-3.2-3B-Instruct
watsonx:watsonx/meta-llama/llama-3-2-3b-instruct
[llama-3.3-70b]
azure_ai:azure_ai/Llama-3.3-70B-Instruct
bedrock_converse:meta.llama3-3-70b-instruct-v1:0
bedrock_converse:us.meta.llama3-3-70b-instruct-v1:0
cerebras:cerebras/llama-3.3-70b
crusoe:crusoe/meta-llama/Llama-3.3-70B-Instruct
databricks:databricks/databricks-meta-llama-3-3-70b-instruct
deepinfra:deepinfra/meta-llama/Llama-3.3-70B-Instruct
fireworks_ai:fireworks_ai/accounts/fireworks/models/llama-v3p3-70b-instruct
gradient_ai:gradient_ai/llama3.3-70b-instruct
hyperbolic:hyperbolic/meta-llama/Llama-3.3-70B-Instruct
nebius:nebius/meta-llama/Llama-3.3-70B-Instruct
novita:novita/meta-llama/llama-3.3-70b-instruct
nscale:nscale/meta-llama/Llama-3.3-70B-Instruct
oci:oci/meta.llama-3.3-70b-instruct
ovhcloud:ovhcloud/Meta-Llama-3_3-70B-Instruct
sambanova:sambanova/Meta-Llama-3.3-70B-Instruct
scaleway:scaleway/meta/llama-3.3-70b-instruct
snowflake:snowflake/llama3.3-70b
vertex_ai-llama_models:vertex_ai/meta/llama-3.3-70b-instruct-maas
wandb:wandb/meta-llama/Llama-3.3-70B-Instruct
watsonx:watsonx/meta-llama/llama-3-3-70b-instruct
[llama-4-maverick]
azure_ai:azure_ai/Llama-4-Maverick-17B-128E-Instruct-FP8
bedrock_converse:meta.llama4-maverick-17b-instruct-v1:0
bedrock_converse:us.meta.llama4-maverick-17b-instruct-v1:0
databricks:databricks/databricks-llama-4-maverick
deepinfra:deepinfra/meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8
fireworks_ai:fireworks_ai/accounts/fireworks/models/llama4-maverick-instruct-basic
lambda_ai:lambda_ai/llama-4-maverick-17b-128e-instruct-fp8
novita:novita/meta-llama/llama-4-maverick-17b-128e-instruct-fp8
oci:oci/meta.llama-4-maverick-17b-128e-instruct-fp8
sambanova:sambanova/Llama-4-Maverick-17B-128E-Instruct
snowflake:snowflake/llama4-maverick
vertex_ai-llama_models:vertex_ai/meta/llama-4-maverick-17b-128e-instruct-maas
watsonx:watsonx/meta-llama/llama-4-maverick-17b
watsonx:watsonx/meta-llama/llama-4-maverick-17b-128e-instruct-fp8
[llama-4-scout]
azure_ai:azure_ai/Llama-4-Scout-17B-16E-Instruct
bedrock_converse:meta.llama4-scout-17b-instruct-v1:0
bedrock_converse:us.meta.llama4-scout-17b-instruct-v1:0
cloudflare:cloudflare/@cf/meta/llama-4-scout-17b-16e-instruct
deepinfra:deepinfra/meta-llama/Llama-4-Scout-17B-16E-Instruct
fireworks_ai:fireworks_ai/accounts/fireworks/models/llama4-scout-instruct-basic
lambda_ai:lambda_ai/llama-4-scout-17b-16e-instruct
novita:novita/meta-llama/llama-4-scout-17b-16e-instruct
nscale:nscale/meta-llama/Llama-4-Scout-17B-16E-Instruct
oci:oci/meta.llama-4-scout-17b-16e-instruct
together_ai:together_ai/meta-llama/Llama-4-Scout-17B-16E-Instruct
vertex_ai-llama_models:vertex_ai/meta/llama-4-scout-17b-16e-instruct-maas
[mistral-7b-v0.1]
anyscale:anyscale/mistralai/Mistral-7B-Instruct-v0.1
cloudflare:cloudflare/@cf/mistral/mistral-7b-instruct-v0.1
replicate:replicate/mistralai/mistral-7b-v0.1
together_ai:together_ai/mistralai/Mistral-7B-Instruct-v0.1
[mistral-7b-v0.3]
fireworks_ai:fireworks_ai/accounts/fireworks/models/mistral-7b-instruct-v3
ovhcloud:ovhcloud/Mistral-7B-Instruct-v0.3
together_ai:together_ai/mistralai/Mistral-7B-Instruct-v0.3
[mistral-large-2]
azure_ai:azure_ai/mistral-large-2407
bedrock:mistral.mistral-large-2407-v1:0
snowflake:snowflake/mistral-large2
vertex_ai-mistral_models:vertex_ai/mistral-large-2411
vertex_ai-mistral_models:vertex_ai/mistral-large@2407
vertex_ai-mistral_models:vertex_ai/mistral-large@2411-001
[mixtral-8x22b]
anyscale:anyscale/mistralai/Mixtral-8x22B-Instruct-v0.1
fireworks_ai:fireworks_ai/accounts/fireworks/models/mixtral-8x22b
fireworks_ai:fireworks_ai/accounts/fireworks/models/mixtral-8x22b-instruct
fireworks_ai:fireworks_ai/accounts/fireworks/models/mixtral-8x22b-instruct-hf
nscale:nscale/mistralai/mixtral-8x22b-instruct-v0.1
[mixtral-8x7b]
anyscale:anyscale/mistralai/Mixtral-8x7B-Instruct-v0.1
bedrock:bedrock/eu-west-3/mistral.mixtral-8x7b-instruct-v0:1
bedrock:bedrock/us-east-1/mistral.mixtral-8x7b-instruct-v0:1
bedrock:bedrock/us-west-2/mistral.mixtral-8x7b-instruct-v0:1
bedrock:mistral.mixtral-8x7b-instruct-v0:1
deepinfra:deepinfra/mistralai/Mixtral-8x7B-Instruct-v0.1
fireworks_ai:fireworks_ai/accounts/fireworks/models/mixtral-8x7b
fireworks_ai:fireworks_ai/accounts/fireworks/models/mixtral-8x7b-instruct
fireworks_ai:fireworks_ai/accounts/fireworks/models/mixtral-8x7b-instruct-hf
ovhcloud:ovhcloud/Mixtral-8x7B-Instruct-v0.1
perplexity:perplexity/mixtral-8x7b-instruct
replicate:replicate/mistralai/mixtral-8x7b-instruct-v0.1
together_ai:together_ai/mistralai/Mixtral-8x7B-Instruct-v0.1
[phi-3-medium]
azure_ai:azure_ai/Phi-3-medium-128k-instruct
azure_ai:azure_ai/Phi-3-medium-4k-instruct
[phi-3-mini]
azure_ai:azure_ai/Phi-3-mini-128k-instruct
azure_ai:azure_ai/Phi-3-mini-4k-instruct
fireworks_ai:fireworks_ai/accounts/fireworks/models/phi-3-mini-128k-instruct
[phi-3.5-mini]
azure_ai:azure_ai/Phi-3.5-mini-instruct
[phi-4]
azure_ai:azure_ai/Phi-4
deepinfra:deepinfra/microsoft/phi-4
[phi-4-mini]
azure_ai:azure_ai/Phi-4-mini-instruct
[qwen2.5-0.5b]
fireworks_ai:fireworks_ai/accounts/fireworks/models/qwen2p5-0p5b-instruct
[qwen2.5-1.5b]
fireworks_ai:fireworks_ai/accounts/fireworks/models/qwen2p5-1p5b-instruct
[qwen2.5-14b]
fireworks_ai:fireworks_ai/accounts/fireworks/models/qwen2p5-14b
together_ai:together_ai/Qwen/Qwen2.5-14B-Instruct
[qwen2.5-32b]
fireworks_ai:fireworks_ai/accounts/fireworks/models/qwen2p5-32b
fireworks_ai:fireworks_ai/accounts/fireworks/models/qwen2p5-32b-instruct
nebius:nebius/Qwen/Qwen2.5-32B-Instruct
[qwen2.5-72b]
deepinfra:deepinfra/Qwen/Qwen2.5-72B-Instruct
fireworks_ai:fireworks_ai/accounts/fireworks/models/qwen2p5-72b
fireworks_ai:fireworks_ai/accounts/fireworks/models/qwen2p5-72b-instruct
hyperbolic:hyperbolic/Qwen/Qwen2.5-72B-Instruct
nebius:nebius/Qwen/Qwen2.5-72B-Instruct
novita:novita/qwen/qwen-2.5-72b-instruct
together_ai:together_ai/Qwen/Qwen2.5-72B-Instruct
[qwen2.5-7b]
deepinfra:deepinfra/Qwen/Qwen2.5-7B-Instruct
fireworks_ai:fireworks_ai/accounts/fireworks/models/qwen2p5-7b-instruct
novita:novita/qwen/qwen2.5-7b-instruct
[qwen3-0.6b]
fireworks_ai:fireworks_ai/accounts/fireworks/models/qwen3-0p6b
[qwen3-1.7b]
fireworks_ai:fireworks_ai/accounts/fireworks/models/qwen3-1p7b
[qwen3-14b]
deepinfra:deepinfra/Qwen/Qwen3-14B
fireworks_ai:fireworks_ai/accounts/fireworks/models/qwen3-14b
nebius:nebius/Qwen/Qwen3-14B
[qwen3-235b-a22b]
bedrock_converse:qwen.qwen3-235b-a22b-2507-v1:0
crusoe:crusoe/Qwen/Qwen3-235B-A22B-Instruct-2507
deepinfra:deepinfra/Qwen/Qwen3-235B-A22B
deepinfra:deepinfra/Qwen/Qwen3-235B-A22B-Instruct-2507
deepinfra:deepinfra/Qwen/Qwen3-235B-A22B-Thinking-2507
fireworks_ai:fireworks_ai/accounts/fireworks/models/qwen3-235b-a22b
fireworks_ai:fireworks_ai/accounts/fireworks/models/qwen3-235b-a22b-instruct-2507
fireworks_ai:fireworks_ai/accounts/fireworks/models/qwen3-235b-a22b-thinking-2507
hyperbolic:hyperbolic/Qwen/Qwen3-235B-A22B
nebius:nebius/Qwen/Qwen3-235B-A22B
nebius:nebius/Qwen/Qwen3-235B-A22B-Instruct-2507
novita:novita/qwen/qwen3-235b-a22b-fp8
novita:novita/qwen/qwen3-235b-a22b-instruct-2507
novita:novita/qwen/qwen3-235b-a22b-thinking-2507
replicate:replicate/qwen/qwen3-235b-a22b-instruct-2507
scaleway:scaleway/qwen/qwen3-235b-a22b-instruct-2507
vertex_ai-qwen_models:vertex_ai/qwen/qwen3-235b-a22b-instruct-2507-maas
[qwen3-30b-a3b]
cloudflare:cloudflare/@cf/qwen/qwen3-30b-a3b-fp8
deepinfra:deepinfra/Qwen/Qwen3-30B-A3B
fireworks_ai:fireworks_ai/accounts/fireworks/models/qwen3-30b-a3b
fireworks_ai:fireworks_ai/accounts/fireworks/models/qwen3-30b-a3b-instruct-2507
fireworks_ai:fireworks_ai/accounts/fireworks/models/qwen3-30b-a3b-thinking-2507
nebius:nebius/Qwen/Qwen3-30B-A3B
nebius:nebius/Qwen/Qwen3-30B-A3B-Instruct-2507
novita:novita/qwen/qwen3-30b-a3b-fp8
wandb:wandb/Qwen/Qwen3-30B-A3B-Instruct-2507
[qwen3-32b]
bedrock_converse:qwen.qwen3-32b-v1:0
cerebras:cerebras/qwen-3-32b
deepinfra:deepinfra/Qwen/Qwen3-32B
fireworks_ai:fireworks_ai/accounts/fireworks/models/qwen3-32b
lambda_ai:lambda_ai/qwen3-32b-fp8
nebius:nebius/Qwen/Qwen3-32B
novita:novita/qwen/qwen3-32b-fp8
ovhcloud:ovhcloud/Qwen3-32B
[qwen3-4b]
fireworks_ai:fireworks_ai/accounts/fireworks/models/qwen3-4b
fireworks_ai:fireworks_ai/accounts/fireworks/models/qwen3-4b-instruct-2507
nebius:nebius/Qwen/Qwen3-4B
novita:novita/qwen/qwen3-4b-fp8
[qwen3-8b]
fireworks_ai:fireworks_ai/accounts/fireworks/models/qwen3-8b
novita:novita/qwen/qwen3-8b-fp8
"""

SHORT_PROFILES = {
    "business_hours_chat_burstgpt": "business_hours",
    "consumer_app_taxi": "consumer",
    "chat_llm_azure": "chat",
    "coding_llm_azure": "coding",
}
"""Load profiles that have a short name as well."""

CARBON_COUNTRIES = "europe-north2=SE northamerica-south1=MX us-east2=US"
"""Regions with a carbon figure that sell nothing in the price files."""
