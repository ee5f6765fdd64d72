"""Names that nobody in particular has, and ways to reach nobody."""

from random import Random

FIRST_NAMES = """
    Ada Adrian Aisha Alma Amir Anika Arlo Beatriz Boris Camila Cedric Chiara Dalia
    Damon Darius Delia Dmitri Elena Elias Esme Farid Fatima Felix Fiona Gideon Greta
    Hana Hector Hugo Imani Ines Isaac Ivy Jamal Jiwoo Joaquin Jonah Judith Kaito
    Keiko Kiran Lara Leila Leo Lucia Luka Maeve Malik Marisol Mateo Mei Mina Miriam
    Nadia Naomi Nico Nils Noor Oksana Omar Oscar Paloma Pavel Petra Quinn Rafael
    Ramona Reza Rina Rosa Ruben Sana Selma Sergio Silas Simone Soren Talia Tariq Teo
    Thea Tobias Uma Valeria Victor Vida Wren Xavier Yara Yusuf Zara Zeke
""".split()  # noqa: SIM905  easier to read
LAST_NAMES = """
    Abara Acevedo Almeida Amsel Arakawa Ashdown Bahrami Baptiste Barros Belmont
    Bianchi Birkeland Castellan Chandra Corwin Dalloway Delacroix Demir Dorsey
    Eastman Egede Eriksen Fairbank Farahani Ferreira Galloway Gharib Godfrey
    Halloran Haruki Hashemi Hollis Ibarra Ishikawa Jalali Jansson Kazemi Keller
    Kimura Kovacs Lachance Lindqvist Locke Lozano Maddox Marchetti Marlowe Mbeki
    Mercado Mirza Montrose Nakata Navarro Norwood Obi Okafor Olmedo Ostrow Pacheco
    Palermo Pemberton Petrov Quimby Rahimi Ravel Redfern Rosales Rourke Sabatini
    Salonga Sandoval Shirazi Solano Sorensen Takeda Tavares Thornhill Tomasi
    Underhill Urrutia Valdez Varga Vasquez Wakefield Whitlock Winslow Yamada Yoon
    Zamora Zielinski
""".split()  # noqa: SIM905  easier to read
AREA_CODES = ("310", "424", "818", "323", "213")
FIRST_LINE = 100  # 555-0100 to 555-0199 are kept for fiction


def person(random: Random) -> tuple[str, str]:
    return random.choice(FIRST_NAMES), random.choice(LAST_NAMES)


def email(first_name: str, last_name: str, number: int) -> str:
    return f"{first_name}.{last_name}.{number}@example.org".lower()


def phone(number: int) -> str:
    line, area = divmod(number, len(AREA_CODES))
    return f"+1{AREA_CODES[area]}555{(FIRST_LINE + line) % 10_000:04}"
