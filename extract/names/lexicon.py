"""Word lists about names: first names, places, heads of organizations, words that are no names. Data only."""

from __future__ import annotations

FIRST_NAMES = frozenset(
    """aaron abdel abdou abdoulaye abel abigail achille adam adama adel adele adeline adrian adrien agathe agnes ahmed aicha aida aime
    aissa aissatou aka alain alban albane albert alessandro alex alexander alexandra alexandre alexia alexis alfred ali alice alicia alina aline alix
    alizee alma aloys alphonse amadou amandine amaury ambre ambroise amel amelie amin amina aminata amine amir amy ana anais anastasia anatole
    andre andrea andreas andrew andrey angela angele angelique anita ann anna annabelle anne annick annie anouk anselme anthony antoine anton
    antonin antonio apolline arash arianna ariane arielle aristide armand armel armelle arnaud arno arnold arsene arthur ashley assia astrid aubin
    aude audrey auguste augustin aure aurelia aurelie aurelien aurore axel axelle aya aymeric aziz babacar bakary baptiste barbara barthelemy
    bastien beatrice ben benedicte benjamin benoit berangere berenice bernadette bernard bertrand bettina bilal bill blaise blandine bob boris
    boubacar brahim brice brigitte bruno camille carine carl carla carlos carole carolina caroline cassandra catherine cecile cecilia cedric celia
    celine cesar chantal charles charlie charline charlotte cheikh chloe chris christel christelle christian christiane christina christine christophe
    christopher claire clara clarisse claude claudia claudine clea clemence clement clementine cleo clotilde clovis colette colin coline constance
    constant coralie corentin corinne cristina cynthia cyprien cyriaque cyril cyrille damien dan daniel daniela danielle dario daphne dave david deborah
    delphine denis denise derek diana diane didier diego dimitri dina djamel djibril dominique donald dora dorian dorothee doug dylan eddy edgar
    edith edmond edouard edward edwige elena eleonore elia elian eliane elias elie eliott elisa elisabeth elise eliza elizabeth ella ellen eloi eloise
    elon elsa elvire emeline emeric emile emilie emilien emily emma emmanuel emmanuelle enguerrand enzo eric erica erik ernest esteban estelle esther
    ethan etienne eugene eugenie eva evan evelyne fabian fabien fabienne fabio fabrice fadi fadila faical fanny fares farid farida fatima fatou
    fatoumata faustine felicie felicien felix ferdinand fernand fernando filippo firmin flavie flavien flora flore florence florent florentin florian
    florine fouad france francesca francesco francis franck francois francoise frank franklin frantz fred frederic frederique fredrik gabriel gabriela
    gabrielle gad gael gaelle gaetan gaspard gaston gautier gauthier genevieve geoffrey geoffroy george georges georgina gerald geraldine gerard germain
    ghislain ghislaine gil gilbert gilles gina giovanni gisele giulia gonzague grace greg gregoire gregory greta guilhem guillaume guillemette gustave guy
    gwenael gwenaelle gwendoline habib hadrien hakim hamza hanna hannah hans harold harry hassan hedi helena helene helmut henri henriette henry herve
    hicham hilda hind hippolyte honore hortense houda hubert hugo hugues ian ibrahim ibrahima idir idriss igor ikram ilan ilias ilyes ilyas imad iman imane
    imen ines ingrid irene iris isaac isabel isabella isabelle isaure ismael issa ivan jack jackie jacqueline jacques jade jake jamal james jamila jan
    jane janine jasmine jason javier jawad jean jeanne jeff jeffrey jennifer jenny jensen jeremie jeremy jerome jerry jesse jessica jill jim jimmy joachim joan
    joanna joao joel joelle joffrey johan johann johanna john johnny jon jonas jonathan jordan jorge jose joseph josephine josh joshua josiane joy juan
    judith jules julia julian juliana julie julien juliette justin justine kader kais kamal karen karim karima karin karine karl kate katherine kathleen
    katia kazuki keith kelly ken kenji kevin khadija khaled khalil kim klaus klara koffi kofi kouadio kouame laetitia laila lamia lamine lara larissa larry
    laura laure laureline laurence laurent laurie lauriane laurine lazare lea leander leila lena lenny leo leon leonard leonardo leonie leonor leopold leslie
    lia liam lila lili lilia lilian liliane lina linda linh lionel lisa lise loic lola lorena lorenzo lorraine lou louis louisa louise loup luc luca lucas
    lucia lucie lucien lucienne lucile lucy ludivine ludovic luigi luis luisa lukas luke lydia lydie mace mael maelle maeva magali magalie maggie mahamadou
    mai maimouna malek malik malika malo mamadou mandy manon manuel manuela marc marceau marcel marcelle marco marcus margaret margaux margot marguerite
    maria mariam mariama marianne marie marielle marina marine mario marion marise marissa marius marjorie mark marlene martha martin martina martine marvin
    mary maryam maryline maryse mateo matheo mathias mathieu mathilde mathis mathurin matt matteo matthew matthias matthieu maud maureen maurice maurits
    max maxence maxime maximilien may maya mehdi mei melanie melina melissa melody mercedes meriem meryem mia michael michel michele micheline mickael
    miguel mikael mike mila milan milena milo mina ming mireille miriam mohamed mohammed moise momar mona monica monique morgan morgane moritz mouhamed
    mouna mounir mourad moussa moustapha muriel mustapha mustafa myriam nabil nacer nada nadege nadia nadine nael naima najat najib nancy naomi narcisse
    nasser natacha natalia natalie natasha nathalie nathan nathanael nawel neil nelly nelson nestor ngozi nicholas nick nicolas nicole niklas nils nina nino
    noa noam noe noel noelle noemie nolwenn nora norbert nordine noura nouria octave octavie odile odilon olga oliver olivia olivier omar ombeline oscar otto
    ouassim oumar oumou pablo pamela paola paolo parfait pascal pascale pascaline patrice patricia patrick paul paula paulette paulin pauline pedro peggy
    penelope perrine peter petra pharrell phil philip philippe philippine philomene pier pierre pierrick pierrette pietro prisca priscilla prune quentin rachel
    rachid rafael rafik raja ralph ramon ramzi rania raoul raphael raphaelle raymond rayan reda redouane regina regine regis reid remi remy renaud rene
    renee reynald ricardo richard rita rob robert roberto robin roch rodolphe rodrigue roger roland romain romane romeo romuald ronald ronan rosa rosalie
    rose roselyne rossella roxane ruben rudy ryan sabine sabrina sacha said saida salah salim salima salma salome sam samba sami samia samir samira
    samuel sandra sandrine sandy santiago sara sarah sascha satya sean sebastian sebastien segolene selim selma serena serge sergei sergio seydou
    shirley sibylle sidney sidonie siham silvia simeon simon simone sissoko sofia sofiane solal solange solene soline sonia sophia sophie soraya souad
    souleymane stan stanislas stefan stefano stella stephan stephane stephanie stephen steve steven stuart sundar susan susanne suzanne suzie svetlana sven
    sybille sydney sylvain sylvaine sylvestre sylvia sylviane sylvie tanguy tania tariq tarik tatiana ted teddy teo teresa tess thais theo theodore
    theophile therese thibaud thibault thibaut thierry thom thomas tiago tidiane tim timothe timothee tina tito titouan tobias tom tommaso tommy tony tracy
    travis tristan ulrich ulysse ursula valentin valentina valentine valere valerie valeriane vanessa vera veronica veronique vianney vicky victoire victor
    victoria viktor vincent vinod violaine violette virgil virginie viviane vivien vladimir wael waleed walid walter wanda warren wassim wendy werner wilfried
    wilhelm william willy wissam xavier yacine yaelle yael yan yann yanis yannick yasmina yasmine yassine yasser yoann yohan yohann yolande youcef
    younes youri youssef yuki yuri yves yvan yvette yvon yvonne zacharie zakaria zara zeina zelie zineb zoe zohra zoran""".split()
)
"""First names without case and accents."""

PLACES = frozenset(
    """paris lyon marseille toulouse nice nantes montpellier strasbourg bordeaux lille rennes reims toulon grenoble dijon angers nimes villeurbanne
    clermont-ferrand le-mans brest tours amiens limoges annecy perpignan metz besancon orleans rouen mulhouse caen nancy argenteuil roubaix tourcoing
    avignon poitiers versailles pau calais cannes antibes bayonne biarritz valence quimper vannes lorient troyes niort chambery saint-etienne saint-denis
    saint-nazaire saint-malo saint-brieuc saint-ouen aix-en-provence boulogne-billancourt sophia-antipolis saclay palaiseau massy courbevoie nanterre montreuil
    puteaux levallois-perret neuilly-sur-seine issy-les-moulineaux ivry-sur-seine villejuif romainville cergy evry creteil la-rochelle laval cholet compiegne
    dunkerque valenciennes arras lens beauvais chartres bourges nevers auxerre macon colmar epinal belfort la-defense bretagne normandie occitanie aquitaine
    nouvelle-aquitaine ile-de-france hauts-de-france grand-est auvergne rhone-alpes auvergne-rhone-alpes bourgogne franche-comte provence corse alsace lorraine
    picardie champagne savoie haute-savoie isere gironde vendee finistere morbihan ardeche drome vaucluse gard herault var landes pays-basque
    france allemagne italie espagne portugal belgique suisse luxembourg pays-bas royaume-uni angleterre ecosse irlande autriche danemark suede norvege finlande
    islande pologne tchequie hongrie roumanie bulgarie grece turquie russie ukraine estonie lettonie lituanie croatie serbie slovenie slovaquie chypre malte monaco
    andorre etats-unis usa canada mexique bresil argentine chili colombie perou chine japon coree taiwan inde indonesie malaisie singapour vietnam thailande
    philippines australie nouvelle-zelande israel liban egypte maroc algerie tunisie libye senegal mali niger tchad nigeria ghana togo benin cameroun gabon
    congo rdc ivoire rwanda kenya tanzanie ouganda ethiopie madagascar maurice afrique-du-sud angola mozambique cote-divoire burkina-faso guinee mauritanie emirats
    arabie-saoudite qatar koweit bahrein jordanie irak iran pakistan bangladesh europe afrique asie amerique oceanie moyen-orient maghreb scandinavie benelux
    union-europeenne ue outre-atlantique silicon-valley californie texas floride massachusetts quebec ontario alberta wallonie flandre bruxelles
    anvers gand liege namur charleroi louvain mons geneve lausanne zurich bale berne zoug neuchatel fribourg valais vaud jura tessin montreux sion londres berlin
    munich hambourg francfort cologne dusseldorf vienne amsterdam rotterdam eindhoven madrid barcelone valencia lisbonne porto milan rome turin naples florence dublin
    stockholm copenhague oslo helsinki varsovie prague budapest bucarest athenes istanbul moscou kiev kyiv tallinn vilnius riga zagreb new-york san-francisco
    los-angeles boston chicago seattle austin miami washington houston denver palo-alto mountain-view menlo-park montreal toronto vancouver ottawa laval gatineau
    sherbrooke levis mexico sao-paulo rio buenos-aires santiago bogota lima pekin shanghai shenzhen hangzhou hong-kong tokyo osaka seoul taipei bangkok
    jakarta manille hanoi bombay mumbai delhi bangalore bengaluru chennai sydney melbourne tel-aviv jerusalem beyrouth le-caire dubai abou-dhabi abu-dhabi doha
    riyad casablanca rabat tanger marrakech alger oran tunis sfax dakar abidjan bamako ouagadougou lome cotonou lagos accra nairobi kigali
    kampala addis-abeba johannesburg le-cap douala yaounde libreville kinshasa brazzaville luanda antananarivo port-louis niamey conakry nouakchott davos cambridge oxford
    stanford seine loire rhone garonne mediterranee atlantique manche alpes pyrenees hexagone ouest est nord sud chatelet montmartre bastille republique
    sentier marais belleville batignolles haute-garonne nord-pas-de-calais pas-de-calais seine-saint-denis hauts-de-seine val-de-marne essonne yvelines oise
    castres albi tarbes agen perigueux rodez carcassonne narbonne beziers sete ales arles martigues aubagne frejus draguignan hyeres grasse
    roanne vichy montlucon aurillac annemasse oyonnax bourg-en-bresse montbeliard vesoul thionville haguenau luneville verdun
    charleville-mezieres epernay soissons saint-quentin boulogne-sur-mer bethune douai cambrai maubeuge dieppe evreux lisieux alencon
    cherbourg saint-lo fougeres vitre dinan lannion guingamp morlaix concarneau pontivy perros-guirec la-roche-sur-yon blois chateauroux melun
    meaux pontoise velizy suresnes gennevilliers montrouge angouleme saintes libourne arcachon mont-de-marsan bergerac cahors montauban
    foix millau montelimar tulle bastia ajaccio ostende bruges malines hasselt mouscron tournai verviers gosselies bienne vevey
    nyon winterthour saint-gall lugano trois-rivieres saguenay rimouski longueuil
    delaware nevada colorado utah new-delhi ile-maurice la-reunion reunion guadeloupe martinique guyane mayotte tahiti polynesie""".split()
)
"""Places without case and accents, words joined by hyphens."""

ORG_HEADS = frozenset(
    """caisse banque fonds credit groupe compagnie societe agence institut universite region conseil autorite bureau maison ecole centre
    laboratoire commissariat office chambre federation mutuelle bank financiere ateliers association fondation cabinet laboratoires editions
    etablissements famille holding investissement investissements cie reseau club union tresor banques poste manufacture brasserie galeries
    france ministere city college house""".split()
)
"""First words of organizations whose names go on after *de*, *du*, *des*: *Caisse des Dépôts*."""

ORG_TAILS = frozenset(
    """capital ventures venture partners partenaires invest investissement investissements investment investments investors fund funds gestion finance
    finances group groupe holding holdings management equity bank banque assurances assurance technologies technology tech labs lab systems
    software robotics therapeutics biotech pharma energy energies energie developpement innovation international industries networks network
    media digital solutions conseil associes avocats angels croissance participations advisors asset assets france europe studio studios family
    office foundation seed growth impact care health foods logistics mobility motors space aerospace semiconductors security cyber ai io data""".split()
)
"""Last words that say that a name is an organization's."""

DESCRIPTIONS = frozenset(
    """start-up startup start-ups startups jeune pousse societe entreprise groupe fonds licorne pepite fintech biotech medtech healthtech edtech legaltech
    insurtech proptech foodtech greentech cleantech deeptech agritech scale-up editeur fondateur fondatrice cofondateur cofondatrice co-fondateur co-fondatrice pdg
    dg president presidente directeur directrice patron patronne associe associee actionnaire rival concurrent investisseur investisseurs plateforme
    application site marque specialiste leader geant maison-mere filiale holding cabinet banque neobanque courtier loueur fabricant francais francaise
    americain americaine allemand allemande britannique suisse belge neerlandais suedois espagnol italien chinois japonais israelien marocain
    tunisien senegalais ivoirien lyonnais lyonnaise nantais nantaise lillois lilloise toulousain toulousaine bordelais bordelaise parisien parisienne rennais rennaise
    grenoblois grenobloise marseillais strasbourgeois montpellierain nicois docteur maitre monsieur madame mme m dr me""".split()
)
"""Words before a name that describe it and are no part of it, whatever their case."""

NOT_NAMES = frozenset(
    """sas sarl sasu ia ai pdg dg ceo cto cfo coo cmo daf drh rh saas paas iaas b2b b2c b2b2c d2c api apis sdk rgpd ipo esg rse isr pme pmi eti tpe pib r&d gpu cpu tpu
    llm lbo mbo obo kpi arr mrr ebitda ca cac cac40 nasdaq euronext bourse nyse sp500 s&p dax ftse vtc iot vr ar xr 3d 2d 4g 5g 6g wifi usb led adn arn
    md mds mrd mio mios kw mw gw kwh mwh kg fcfa cfa mad aed xof chf m2 m3 ndlr cnw telbec euribor instagram covid covid-19 covid19 noel paques etat etats republique assemblee nationale senat gouvernement premier ministre elysee bercy matignon bruxelles commission
    europeenne parlement tva cir cii jei cdd cdi smic qr gps html css url usd eur gbp chf nft nfts ico icos sto spac web web3 internet linux windows
    android ios macos python java javascript bitcoin ethereum blockchain chatgpt gpt gpt-4 gpt-4o gpt-3 claude gemini grok iphone ipad playstation
    france-2030 france2030 french-tech frenchtech next40 next-40 ft120 french-tech-120 station-f stationf vivatech viva-technology ces web-summit slush serie tour amorcage
    seed lundi mardi mercredi jeudi vendredi samedi dimanche janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre
    l le la les un une des de du d et ou mais donc or ni car ce cet cette ces mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs je tu
    il elle on nous vous ils elles qui que quoi dont en y a au aux avec sans sous sur pour par dans vers chez entre depuis pendant apres avant contre selon
    malgre grace outre hormis sauf afin ainsi alors aussi autant autre autres beaucoup bien bref car ceci cela celle celles celui certes chaque chacun comme comment
    deja deux trois quatre cinq six sept huit neuf dix cent mille encore enfin ensuite est etait ete etre fini fin faute fort hier ici ils jadis jamais lors
    lorsque lorsqu meme mieux moins oui non parce parfois parmi peu peut plus plusieurs pourquoi pourtant premier premiere prochain prochaine puis puisque quand quant quel
    quelle quelles quels quelque quelques rien seul seule seuls si sinon soit souvent surtout tant tandis tel telle tellement tous tout toute toutefois toutes tres
    trop toujours voici voila vraiment via the of and for in on at by with from new your our lire voir photo photos image images credit credits publie mis
    partager facebook twitter linkedin whatsapp email newsletter abonnez-vous inscrivez-vous abonnes article articles lecture temps source sources video videos
    interview exclusif exclusivite portrait analyse dossier enquete decryptage bilan resume communique contact contacts propos presse cookies
    resultat resultats objectif montant valorisation investisseurs levee levees leve tour tours table fonds euros euro dollars dollar millions million milliards
    milliard janv fevr sept oct nov dec suite cote nord sud est ouest nord-est nord-ouest sud-est sud-ouest terre lune mars soleil dieu messieurs mesdames
    start-up startup start-ups startups jeune pousse societe entreprise pepite licorne fondee fonde cree creee lancee lance basee base installee installe ne nee
    portee porte menee mene dirigee dirige soutenue soutenu emmenee pilotee conduite cote signe interroge interrogee contacte contactee sollicite sollicitee rien
    reste restait vient viennent avait avaient aurait auraient sera seront serait fait font faut aujourd demain desormais cependant neanmoins bientot
    brexit usb-c hec essec polytechnique centralesupelec ena mines ponts insead afp reuters bloomberg echos figaro monde liberation humanite parisien tribune
    express obs point capital challenges maddyness frenchweb techcrunch wall-street-journal financial-times new-york-times information wired forbes fortune sifted
    les-echos le-figaro le-monde usine-digitale lusine-nouvelle la-tribune bfm bfm-business france-inter france-info wsj ft handelsblatt caixin coindesk""".split()
)
"""Words and runs that are no company's or person's name, without case and accents, words joined by hyphens."""

PERSON_BEFORE = frozenset(
    """pdg dg ceo cto fondateur fondatrice cofondateur cofondatrice co-fondateur co-fondatrice president presidente directeur directrice dirigeant dirigeante patron
    patronne associe associee entrepreneur entrepreneuse ingenieur ingenieure chercheur chercheuse docteur professeur m mme monsieur madame dr me ministre
    journaliste avocat avocate general generale analyste partner investisseur investisseuse milliardaire epouse frere soeur fils fille""".split()
)
PERSON_ROLES = frozenset(
    """pdg dg ceo cto fondateur fondatrice cofondateur cofondatrice co-fondateur co-fondatrice president presidente directeur directrice dirigeant
    dirigeante patron patronne associe associee ingenieur ingenieure chercheur chercheuse avocat avocate analyste""".split()
)
"""What a person is said to be right behind the name: *Julie Martin, cofondatrice*."""
PERSON_AFTER = frozenset(
    """explique raconte confie affirme souligne resume precise ajoute assure declare sourit poursuit conclut estime observe rappelle detaille insiste
    commente indique justifie nuance analyse plaisante souffle lance reconnait glisse repond admet soupire prevoit se""".split()
)
RAISING_AFTER = frozenset(
    """leve levent boucle bouclent decroche recolte collecte empoche engrange annonce securise obtient reunit finalise cloture clot officialise signe
    accueille vient veut ambitionne prevoit emploie compte revendique developpe propose fabrique concoit edite rachete acquiert s'offre mise investit entre
    apporte mene dirige pilote emmene remet participe souscrit suit rejoint""".split()
)
"""Verbs behind a name that opens its sentence and so cannot be told by its capital."""
NAME_BEFORE = frozenset(
    """start-up startup societe entreprise groupe fonds licorne pepite fintech biotech medtech healthtech edtech legaltech insurtech proptech foodtech
    scale-up editeur plateforme application specialiste loueur fabricant neobanque courtier rival concurrent filiale jeune-pousse pousse marque""".split()
)
"""Words right before a name, even one written small (*la start-up n8n*)."""
PLACE_BEFORE = frozenset("à a en au aux depuis vers près".split())

PUBLIC_BODIES = """Banque européenne d'investissement; Banque européenne pour la reconstruction et le développement; Banque mondiale;
Banque africaine de développement; Banque centrale européenne; Banque de France; Banque nationale suisse; Agence française de développement; Agence spatiale
européenne; Agence de l'environnement et de la maîtrise de l'énergie; Agence nationale de la recherche; Société financière internationale; Fonds européen
d'investissement; Fonds monétaire international; Fonds européen de développement régional; Conseil européen de l'innovation; Commission européenne; Commission nationale de
l'informatique et des libertés; Autorité des marchés financiers; Autorité de la concurrence; Autorité de contrôle prudentiel et de résolution; Autorité nationale des jeux; Assurance
maladie; Caisse des dépôts; Caisse des dépôts et consignations; Caisse nationale d'assurance maladie; Cour des comptes; Agence de l'eau; Agence de l'innovation de défense;
Direction générale de l'armement; Réserve fédérale; Banque nationale du Canada; Banque de développement du Canada; Fonds de solidarité FTQ; Réseau Entreprendre; Crédit municipal"""
"""Public bodies whose names go on in small letters, parted by semicolons."""
