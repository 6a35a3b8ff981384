"""Abbreviations that meet their names out of the box: SF6 / 六氟化硫, MBR / 膜生物反应器.

General knowledge of chemistry and engineering, written for this project. The first word of a group
is the Chinese name, whose characters then meet those of related names. Abbreviations with two
common readings (PC, PET, CT, SBR, GaN …) are left out, and two letters only where no other
reading is likely. Left out by measurement (docs/matching.md): names so common in their short
form that the long one would outweigh the rest of a text, such as LED and 3D打印. A bureau switches
groups off one by one, each known by its first word.
"""

PROVENANCE = "平台内置"
_CHEMISTRY = """
六氟化硫 SF6
聚四氟乙烯 PTFE 特氟龙 铁氟龙
聚偏氟乙烯 PVDF 聚偏二氟乙烯
聚氯乙烯 PVC
高密度聚乙烯 HDPE
低密度聚乙烯 LDPE
超高分子量聚乙烯 UHMWPE
聚丙烯腈 PAN
聚乳酸 PLA
聚乳酸羟基乙酸共聚物 PLGA
聚己内酯 PCL
聚对苯二甲酸丁二醇酯 PBT
聚醚醚酮 PEEK
聚苯硫醚 PPS
热塑性聚氨酯 TPU
热塑性弹性体 TPE
聚乙烯醇 PVA
聚乙二醇 PEG
聚乙烯吡咯烷酮 PVP
聚甲基丙烯酸甲酯 PMMA 有机玻璃 亚克力
聚二甲基硅氧烷 PDMS
聚羟基脂肪酸酯 PHA
聚丙烯酰胺 PAM
丁腈橡胶 NBR
三元乙丙橡胶 EPDM
碳纤维增强复合材料 CFRP 碳纤维复合材料
碳化硅 SiC
砷化镓 GaAs
磷化铟 InP
氮化铝 AlN
氮化硅 Si3N4
氧化铝 三氧化二铝 Al2O3
二氧化钛 TiO2
二氧化硅 SiO2
氧化锆 二氧化锆 ZrO2
氧化锌 ZnO
二氧化碳 CO2
二氧化硫 SO2
硫化氢 H2S
氮氧化物 NOx
挥发性有机物 VOCs VOC 挥发性有机化合物
全氟烷基物质 PFAS
磷酸铁锂 LFP LiFePO4
六氟磷酸锂 LiPF6
双氟磺酰亚胺锂 LiFSI
金属有机框架 MOF MOFs 金属有机骨架
共价有机框架 COF COFs
"""
_PROCESSES = """
膜生物反应器 MBR
移动床生物膜反应器 MBBR
上流式厌氧污泥床 UASB
化学需氧量 COD
生化需氧量 BOD
总有机碳 TOC
选择性催化还原 SCR
选择性非催化还原 SNCR
碳捕集利用与封存 CCUS
液化天然气 LNG
压缩天然气 CNG
质子交换膜燃料电池 PEMFC
固体氧化物燃料电池 SOFC
电池管理系统 BMS
最大功率点跟踪 MPPT
不间断电源 UPS
化学气相沉积 CVD
物理气相沉积 PVD
原子层沉积 ALD
选区激光熔化 SLM 激光选区熔化 选择性激光熔化
有限元 有限元法 FEM 有限元分析 FEA
计算流体力学 CFD 计算流体动力学
扫描电镜 扫描电子显微镜 SEM
透射电镜 透射电子显微镜 TEM
原子力显微镜 AFM
高效液相色谱 HPLC
X射线衍射 XRD
酶联免疫吸附 ELISA
聚合酶链式反应 聚合酶链反应 PCR
磁共振成像 核磁共振成像 MRI
体外诊断 IVD
"""
_ELECTRONICS = """
有机发光二极管 OLED
薄膜晶体管 TFT
绝缘栅双极型晶体管 IGBT
印制电路板 PCB 印刷电路板
柔性电路板 FPC
现场可编程门阵列 FPGA
电子设计自动化 EDA
可编程逻辑控制器 PLC 可编程控制器
分布式控制系统 DCS 集散控制系统
制造执行系统 MES
企业资源计划 ERP
计算机辅助设计 CAD
人机界面 HMI
射频识别 RFID
物联网 IoT
激光雷达 LiDAR
惯性测量单元 IMU
合成孔径雷达 SAR
无人机 UAV
虚拟现实 VR
卷积神经网络 CNN
支持向量机 SVM
自然语言处理 NLP
光学字符识别 OCR
图形处理器 GPU
"""
GROUPS: tuple[tuple[str, ...], ...] = tuple(
    tuple(line.split())
    for part in (_CHEMISTRY, _PROCESSES, _ELECTRONICS)
    for line in part.strip().splitlines()
)
